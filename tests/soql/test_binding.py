from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest

from soql.ast import Pattern, Wildcard
from soql.binding import BindValue, Values, bind, contains, names, starts_with
from soql.errors import BindError
from soql.limits import MAX_STRING
from soql.parser import parse
from soql.printer import to_text


def where(condition: str, values: Values) -> str:
    """The WHERE that is left of a condition, '' if none."""
    text = to_text(bind(parse(f"SELECT Id FROM A WHERE {condition}", binds=True), values))
    return text.removeprefix("SELECT Id FROM A").removeprefix(" WHERE ")


class Kind(StrEnum):
    DEMO = "Demo"


LITERALS: list[tuple[BindValue, str]] = [
    ("it's", r"'it\'s'"),
    (Kind.DEMO, "'Demo'"),
    (True, "TRUE"),
    (3, "3"),
    (2.5, "2.5"),
    (1e21, "1000000000000000000000"),
    (-0.0, "0"),
    (Decimal("10.50"), "10.50"),
    (date(2026, 11, 23), "2026-11-23"),
    (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), "2026-11-23T15:30:00Z"),
    (datetime(2026, 11, 23, 15, 30, 0, 123_999, UTC), "2026-11-23T15:30:00.123Z"),
    (datetime(2026, 11, 23, 15, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2026-11-23T09:45:00Z"),
    (time(9, 30), "09:30:00.000Z"),
]


@pytest.mark.parametrize(("value", "printed"), LITERALS)
def test_a_value_becomes_the_literal_of_its_kind(value: BindValue, printed: str) -> None:
    assert where("B = :b", {"b": value}) == f"B = {printed}"
    assert where("B IN :b", {"b": [value]}) == f"B IN ({printed})"  # type: ignore[list-item]


def test_a_string_after_like_is_literal_text() -> None:
    assert where("B LIKE :b", {"b": "100%_\\"}) == r"B LIKE '100\%\_\\'"


def test_patterns_are_built_from_literal_text() -> None:
    assert contains("a%") == Pattern((Wildcard.ANY, "a%", Wildcard.ANY))
    assert where("B LIKE :b", {"b": contains("5%")}) == r"B LIKE '%5\%%'"
    assert where("B LIKE :b", {"b": starts_with("_x")}) == r"B LIKE '\_x%'"
    assert where("B LIKE :b", {"b": contains("")}) == "B LIKE '%'"


DROPPED: list[tuple[str, Values, str]] = [
    ("B = :b?", {}, ""),
    ("B = :b?", {"b": None}, ""),
    ("B = :b?", {"b": ""}, "B = ''"),
    ("B = :b?", {"b": False}, "B = FALSE"),
    ("B = :b? AND C = 1", {}, "C = 1"),
    ("B = :b? AND C = 1 AND D = 2", {}, "C = 1 AND D = 2"),
    ("(B = :b? OR C LIKE :b?) AND D = 1", {}, "D = 1"),
    ("(B = :b? OR C = :c?) AND D = 1", {"c": 2}, "C = 2 AND D = 1"),
    ("(B = :b? OR (C = 1 AND D = 2)) AND E = 1", {}, "(C = 1 AND D = 2) AND E = 1"),
    ("NOT (B = :b? OR C = :c?)", {}, ""),
    ("NOT B = :b?", {"b": 1}, "NOT B = 1"),
    ("B IN :b? AND C = 1", {}, "C = 1"),
    ("B NOT IN :b?", {"b": ("x", "y")}, "B NOT IN ('x', 'y')"),
    ("B IN (:b?, :c?, 'd')", {"c": "c"}, "B IN ('c', 'd')"),
    ("B IN (:b?, :c?)", {}, ""),
    ("B INCLUDES :b? AND C EXCLUDES (:c?)", {"c": "x;y"}, "C EXCLUDES ('x;y')"),
    ("Id IN (SELECT A FROM B WHERE C = :c?)", {}, ""),
    ("Id IN (SELECT A FROM B WHERE C = :c? AND D = 1)", {}, ""),
    ("Id IN (SELECT A FROM B WHERE C = :c? OR D = :d?)", {"d": 1}, "Id IN (SELECT A FROM B WHERE D = 1)"),
    ("Id IN (SELECT A FROM B WHERE D = 1)", {}, "Id IN (SELECT A FROM B WHERE D = 1)"),
]


@pytest.mark.parametrize(("condition", "values", "left"), DROPPED)
def test_an_absent_value_drops_its_condition_and_what_that_empties(condition: str, values: Values, left: str) -> None:
    assert where(condition, values) == left


def test_binds_stand_in_child_queries_having_limit_and_offset() -> None:
    select = parse("SELECT Id, (SELECT Id FROM B WHERE C = :c LIMIT :n?) FROM A LIMIT :n? OFFSET :skip", binds=True)
    assert to_text(bind(select, {"c": 1, "n": 5, "skip": 0})) == (
        "SELECT Id, (SELECT Id FROM B WHERE C = 1 LIMIT 5) FROM A LIMIT 5 OFFSET 0"
    )
    assert to_text(bind(select, {"c": 1, "skip": 2})) == "SELECT Id, (SELECT Id FROM B WHERE C = 1) FROM A OFFSET 2"
    grouped = parse("SELECT B, COUNT(Id) FROM A GROUP BY B HAVING COUNT(Id) > :least", binds=True)
    assert to_text(bind(grouped, {"least": 3})).endswith("HAVING COUNT(Id) > 3")


def test_names_tells_each_bind_and_whether_it_is_optional() -> None:
    select = parse(
        "SELECT Id, (SELECT Id FROM C WHERE D = :d) FROM A WHERE B = :b? AND C IN :c? AND E = :c "
        "AND Id IN (SELECT A FROM F WHERE G = :g?) LIMIT :n",
        binds=True,
    )
    assert names(select) == {"b": True, "c": False, "g": True, "n": False, "d": False}


REFUSED: list[tuple[str, Values, str]] = [
    ("B = :b", {}, "no value for the required :b"),
    ("B = :b", {"b": None}, "no value for the required :b"),
    ("B = :b? OR C = :b", {}, "no value for the required :b"),
    ("B = 1", {"b": 1}, "no bind named b"),
    ("B = :b", {"b": 1, "c": 2}, "no bind named c"),
    ("B IN :b", {"b": []}, ":b is empty"),
    ("B IN :b?", {"b": ()}, ":b is empty"),
    ("B IN :b", {"b": "abc"}, ":b takes a sequence"),
    ("B IN :b", {"b": 5}, ":b takes a sequence"),
    ("B = :b", {"b": ["a"]}, ":b takes one value"),
    ("B IN (:b)", {"b": ["a"]}, ":b takes one value"),
    ("B = :b", {"b": contains("a")}, ":b is a pattern"),
    ("B IN :b", {"b": [contains("a")]}, ":b is a pattern"),
    ("B LIKE :b", {"b": 5}, ":b stands after LIKE"),
    ("B = :b", {"b": datetime(2026, 1, 1)}, "without a time zone"),  # noqa: DTZ001
    ("B = :b", {"b": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))}, "outside of the calendar"),
    ("B = :b", {"b": time(1, tzinfo=timezone(timedelta(hours=1)))}, "another zone"),
    ("B = :b", {"b": float("nan")}, "not a finite number"),
    ("B = :b", {"b": float("inf")}, "not a finite number"),
    ("B = :b", {"b": Decimal("NaN")}, "not a finite number"),
    ("B = :b", {"b": Decimal("1E+1000000")}, "too many digits"),
    ("B = :b", {"b": Decimal("1E-1000000")}, "too many digits"),
    ("B = :b", {"b": "\ud800"}, "half of a surrogate pair"),
    ("B LIKE :b", {"b": contains("\udfff")}, "half of a surrogate pair"),
    ("B = :b", {"b": "x" * (MAX_STRING + 1)}, "longer than 4000"),
    ("B INCLUDES :b", {"b": [1]}, "strings only"),
    ("B = 1 LIMIT :n", {"n": -1}, ":n is a count"),
    ("B = 1 LIMIT :n", {"n": True}, ":n is a count"),
    ("B = 1 LIMIT :n", {"n": 2.0}, ":n is a count"),
    ("B = 1 LIMIT :n", {"n": "5"}, ":n is a count"),
]


@pytest.mark.parametrize(("condition", "values", "message"), REFUSED)
def test_a_value_that_does_not_fit_is_refused(condition: str, values: Values, message: str) -> None:
    with pytest.raises(BindError, match=message):
        where(condition, values)


def test_a_value_of_a_foreign_kind_is_refused() -> None:
    foreign: list[object] = [object(), b"bytes", {"a": 1}, [None], [["a"]]]
    for value in foreign:
        with pytest.raises(BindError):
            where("B = :b", {"b": value})  # pyright: ignore[reportArgumentType]
        with pytest.raises(BindError):
            where("B IN :b", {"b": value})  # pyright: ignore[reportArgumentType]


def test_binding_leaves_the_statement_as_it_was() -> None:
    select = parse("SELECT Id FROM A WHERE B = :b?", binds=True)
    bind(select, {"b": 1})
    assert to_text(select) == "SELECT Id FROM A WHERE B = :b?"
