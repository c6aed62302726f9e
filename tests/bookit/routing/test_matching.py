"""Which of several records is taken, and how a domain is looked for; tests/mcp has what an org finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.routing.graph import TieBreaker
from app.bookit.routing.matching import FREE_MAIL, KnownRecord, Way, chosen, read_matches, websites_of
from app.org.reader import Ask
from tests.bookit.naive_reader import NaiveReader
from tests.bookit.routing.graphs import rows_of
from tests.bookit.routing.plain_routing import in_order

pytestmark = pytest.mark.anyio


@given(rows=rows_of("lead"), tie_breaker=st.sampled_from(["most_recently_modified", "oldest", "owner_active_first"]))
def test_the_tie_breaker_decides_and_last_the_id(rows: list[dict[str, Any]], tie_breaker: TieBreaker) -> None:
    records = [
        KnownRecord(row["id"], row["fields"], row["created"], row["modified"], row["owner"] if row["active"] else None)
        for row in rows
    ]
    found = chosen(records, tie_breaker)
    expected = in_order(rows, tie_breaker)
    assert (found.id if found else None) == (expected[0]["id"] if expected else None)


async def test_a_free_mail_domain_and_a_graph_without_match_nodes_cost_no_call() -> None:
    by_domain: Way = ("account", "domain")
    reader = NaiveReader(lambda _ask: ())
    for domain in ("gmail.com", "GMail.com", *sorted(FREE_MAIL)):
        assert await read_matches(reader, [by_domain], f"jordan@{domain}") == {by_domain: ()}
    assert await read_matches(reader, [], "jordan@acme.example") == {}
    assert reader.asks == []
    await read_matches(reader, [by_domain], "jordan@NotGmail.com")
    assert reader.asks == [Ask("routing/accounts_by_website", {"websites": websites_of("notgmail.com")})]


def test_a_domain_is_looked_for_in_the_ways_in_which_a_website_is_written() -> None:
    assert sorted(websites_of("acme.com")) == sorted(
        [
            "acme.com", "acme.com/", "www.acme.com", "www.acme.com/",
            "http://acme.com", "http://acme.com/", "http://www.acme.com", "http://www.acme.com/",
            "https://acme.com", "https://acme.com/", "https://www.acme.com", "https://www.acme.com/",
        ]
    )  # fmt: skip
