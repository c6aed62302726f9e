"""Any statement, over random rows and as people of several zones, gives the records that plain Python gives."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soql.ast import Select
from soql.printer import to_text
from tests.local_org.engine.plain_days import Viewer
from tests.local_org.engine.plain_statements import Reader, folded
from tests.local_org.engine.shop_rows import Rows, load_rows
from tests.local_org.engine.shop_statements import grouped, statements
from tests.support.small_org import SmallOrg, small_org

_PEOPLE = {"admin": ("America/Los_Angeles", 6), "rep": ("Asia/Kathmandu", 6), "other": ("Europe/Berlin", 0)}
_INSTANTS = [
    datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
    datetime(2026, 11, 25, 19, 0, tzinfo=UTC),
    datetime(2026, 11, 29, 7, 0, tzinfo=UTC),
    datetime(2026, 12, 31, 20, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 3, 0, tzinfo=UTC),
]


def _viewer(handle: str, now: datetime) -> Viewer:
    zone, first_weekday = _PEOPLE[handle]
    return Viewer(handle, ZoneInfo(zone), first_weekday, now)


_viewers: st.SearchStrategy[Viewer] = st.builds(_viewer, st.sampled_from(sorted(_PEOPLE)), st.sampled_from(_INSTANTS))


differential = settings(
    max_examples=int(os.environ.get("SOQL_DIFFERENTIAL_EXAMPLES", "60")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""A few statements every day, many by scripts/fuzz_soql."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that a failure shows as its text."""

    select: Select

    def __repr__(self) -> str:
        return to_text(self.select)


@pytest.fixture(scope="module")
def filled() -> Generator[tuple[SmallOrg, Rows]]:
    small = small_org()
    rows = load_rows(small)
    for handle in ("rep", "other"):
        small.assign(handle, "Auditor")
    yield small, rows
    small.org.close()


def _bare(value: Any) -> Any:
    """A body's records without their attributes."""
    if isinstance(value, list):
        return [_bare(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in cast("dict[str, Any]", value).items() if name != "attributes"}
    return value


def _answer(small: SmallOrg, select: Select, viewer: Viewer) -> list[Any]:
    small.clock.now = viewer.now
    body = small.acting(viewer.handle).query(to_text(select))
    if not body["records"] and to_text(select).startswith("SELECT COUNT()"):
        return [{"totalSize": body["totalSize"]}]
    assert body["totalSize"] == len(body["records"])
    records: list[dict[str, Any]] = _bare(body["records"])
    if select.group_by or (body["records"] and body["records"][0]["attributes"]["type"] == "AggregateResult"):
        return [{name: folded(value) for name, value in record.items()} for record in records]
    return records


def _compare(small: SmallOrg, rows: Rows, select: Select, viewer: Viewer) -> None:
    found, expected = _answer(small, select, viewer), Reader(rows, viewer).records(select)
    if not select.order_by:
        found, expected = sorted(found, key=_told), sorted(expected, key=_told)
    assert found == expected


def _told(record: dict[str, Any]) -> str:
    return str(sorted(record.items()))


@differential
@given(asked=statements.map(Asked), viewer=_viewers)
def test_any_statement_answers_what_python_reads(filled: tuple[SmallOrg, Rows], asked: Asked, viewer: Viewer) -> None:
    _compare(*filled, asked.select, viewer)


@differential
@given(asked=grouped().map(Asked), viewer=_viewers)
def test_any_groups_and_subtotals_are_those_that_python_reads(
    filled: tuple[SmallOrg, Rows], asked: Asked, viewer: Viewer
) -> None:
    _compare(*filled, asked.select, viewer)
