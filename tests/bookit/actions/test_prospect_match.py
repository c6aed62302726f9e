"""Which record of the org a prospect is: whom the routing found, else who has the address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.bookit.actions.prospect_match import MatchedRecords, match_asks, matched_by, matched_in
from app.bookit.routing.graph import Record
from app.bookit.routing.routed import Routed, RoutedProspect
from app.org.reader import Result
from tests.bookit.actions.bookings import MODIFIED, record

LATER = MODIFIED + timedelta(seconds=1)


def test_a_contact_comes_before_a_lead() -> None:
    found = matched_in([record("c", account="a")], [record("l", modified=LATER)])
    assert found == MatchedRecords(contact="c", account="a")


def test_a_contact_of_no_account_and_a_lead_alone_and_nobody() -> None:
    assert matched_in([record("c")], []) == MatchedRecords(contact="c")
    assert matched_in([], [record("l")]) == MatchedRecords(lead="l")
    assert matched_in([], []) == MatchedRecords()


def test_of_several_the_last_modified_one_is_taken_then_by_id() -> None:
    rows = [record("a", modified=LATER), record("c"), record("b", modified=LATER)]
    for given in (rows, rows[::-1]):
        assert matched_in([], given).lead == "b"
        assert matched_in(given, []).contact == "b"


@pytest.mark.parametrize(
    ("matched", "looked_for", "expected"),
    [
        (None, True, MatchedRecords(contact="c", account="own")),
        ({}, True, MatchedRecords(contact="c", account="own")),
        ({"account": "a"}, True, MatchedRecords(contact="c", account="own")),
        ({"lead": "l"}, False, MatchedRecords(lead="l")),
        ({"contact": "k", "account": "a"}, False, MatchedRecords(contact="k", account="a")),
    ],
)
def test_what_a_routing_left_open_is_looked_for(
    matched: dict[Record, str] | None, looked_for: bool, expected: MatchedRecords
) -> None:
    routed = Routed(RoutedProspect("x@y.example"), matched=matched)
    asks = match_asks(routed, "x@y.example")
    assert [ask.binds for ask in asks] == [{"email": "x@y.example"}] * (2 * looked_for)
    rows = (record("c", account="own"),), ()
    assert matched_by(routed, [Result(each, len(each)) for each in rows[: len(asks)]]) == expected


def test_the_account_of_the_routing_stays_where_the_address_tells_none() -> None:
    routed = Routed(RoutedProspect("x@y.example"), matched={"account": "a"})
    nobody = [Result((), 0), Result((record("l"),), 1)]
    assert matched_by(routed, nobody) == MatchedRecords(lead="l", account="a")
