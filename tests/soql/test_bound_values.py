"""No bound value, whatever its bytes, changes a statement's structure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from soql.ast import (
    And,
    Comparison,
    Date,
    DateTime,
    FieldPath,
    Includes,
    InValues,
    Number,
    Operator,
    Pattern,
    Select,
    String,
    Time,
    Value,
    Wildcard,
)
from soql.binding import BindValue, bind, contains, starts_with
from soql.parser import parse
from soql.printer import to_pretty, to_text
from tests.soql.fuzz_settings import fuzz
from tests.soql.strategies import texts

STATEMENT = parse(
    "SELECT Id FROM Meeting WHERE Name = :text AND City LIKE :literal AND Code LIKE :anywhere AND Zip LIKE :front "
    "AND Kind IN :listed AND Tags INCLUDES :tags AND Status = 'Booked' ORDER BY Start LIMIT :limit",
    binds=True,
)
ANYTHING = st.one_of(texts, st.binary(max_size=30).map(lambda some: some.decode("latin-1")))


def _literal(text: str) -> Pattern:
    return Pattern((text,) if text else ())


def _expected(text: str, listed: list[str], limit: int) -> Select:
    around = (text,) if text else ()
    compared = [
        Comparison(FieldPath(("Name",)), Operator.EQUAL, String(text)),
        Comparison(FieldPath(("City",)), Operator.LIKE, _literal(text)),
        Comparison(
            FieldPath(("Code",)),
            Operator.LIKE,
            Pattern((Wildcard.ANY, text, Wildcard.ANY) if text else (Wildcard.ANY,)),
        ),
        Comparison(FieldPath(("Zip",)), Operator.LIKE, Pattern((*around, Wildcard.ANY))),
        InValues(FieldPath(("Kind",)), tuple(String(each) for each in listed)),
        Includes(FieldPath(("Tags",)), tuple(String(each) for each in listed)),
        Comparison(FieldPath(("Status",)), Operator.EQUAL, String("Booked")),
    ]
    return replace(STATEMENT, where=And(tuple(compared)), limit=limit)


@fuzz
@given(ANYTHING, st.lists(ANYTHING, min_size=1, max_size=3), st.integers(0, 50_000))
def test_no_text_that_is_bound_gets_out_of_its_literal(text: str, listed: list[str], limit: int) -> None:
    values: Mapping[str, BindValue] = {
        "text": text,
        "literal": text,
        "anywhere": contains(text),
        "front": starts_with(text),
        "listed": listed,
        "tags": listed,
        "limit": limit,
    }
    bound = bind(STATEMENT, values)
    assert bound == _expected(text, listed, limit)
    assert parse(to_text(bound)) == bound
    assert parse(to_pretty(bound)) == bound


ONE = parse("SELECT Id FROM Meeting WHERE Name = :value AND Status = 'Booked'", binds=True)


def _bound(value: BindValue) -> Value:
    bound = bind(ONE, {"value": value})
    assert parse(to_text(bound)) == bound
    assert isinstance(bound.where, And)
    first = bound.where.terms[0]
    assert isinstance(first, Comparison)
    return first.value


@fuzz
@given(st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_bound_number_keeps_its_value(number: float) -> None:
    assert _bound(number) == Number(Decimal(repr(number)))


@fuzz
@given(st.datetimes(timezones=st.just(UTC)), st.dates(), st.times())
def test_a_bound_moment_keeps_its_value_to_the_millisecond(moment: datetime, day: date, clock: time) -> None:
    assert _bound(moment) == DateTime(moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    assert _bound(day) == Date(day)
    assert _bound(clock) == Time(clock.replace(microsecond=clock.microsecond // 1000 * 1000))
