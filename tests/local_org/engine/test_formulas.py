"""The formula language of validation rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.local_org.engine.formula.compile import compiled
from app.local_org.engine.formula.parser import parse
from app.local_org.engine.formula.tree import FormulaError
from app.local_org.errors import ApiError
from app.local_org.org import IN_MEMORY, LocalOrg
from app.local_org.schema.model import Field, FieldType, Sharing, ValidationRule
from tests.support.movable_clock import MovableClock
from tests.support.small_org import lookup, picklist, small_org, small_schema, sobject


@dataclass(frozen=True)
class _Row:
    values: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)
    today: date = field(default=date(2026, 11, 25))

    @property
    def is_new(self) -> bool:
        return self.before is None

    def value(self, path: tuple[str, ...]) -> Any:
        return self.values[path[-1]]

    def value_before(self, path: tuple[str, ...]) -> Any:
        return (self.before or {})[path[-1]]


_VALUES = {
    "Name": "Corner Shop",
    "Blank": None,
    "Kind": "Large",
    "Tags": "red;blue",
    "Size": Decimal("2.5"),
    "Flag": True,
    "Day": date(2026, 11, 23),
    "Seen": datetime(2026, 11, 23, 10, tzinfo=UTC),
}


def _evaluated(text: str, row: _Row | None = None) -> Any:
    return compiled(parse(text), lambda parts: parts)(row or _Row(_VALUES))


@pytest.mark.parametrize(
    "text",
    [
        "TRUE",
        "NOT(FALSE)",
        "!FALSE && Flag",
        "1 + 2 * 3 = 7",
        "(1 + 2) * 3 == 9",
        "2 ^ 3 ^ 1 = 8",
        "-2 + 5 = 3",
        "10 / 4 = 2.5",
        "ISBLANK(10 / 0)",
        "1 < 2 || Blank < 2",
        "NOT(Blank < 2)",
        "NOT(Blank >= 2)",
        "Blank = NULL",
        "Blank <> 1",
        'Blank = ""',
        "ISBLANK(Blank) && ISNULL(Blank)",
        'AND(ISPICKVAL(Kind, "Large"), NOT(ISPICKVAL(Kind, "large")))',
        "OR(FALSE, Size > 2.4)",
        'TEXT(Kind) = "Large"',
        "TEXT(Size) = '2.5'",
        "VALUE('12') = 12",
        "LEN(Name) = 11",
        'Name & "!" = "Corner Shop!"',
        'CONTAINS(Name, "ner") && BEGINS(Name, "Cor")',
        'LEFT(Name, 6) = "Corner" && RIGHT(Name, 4) = "Shop" && MID(Name, 2, 3) = "orn"',
        'UPPER(TRIM(" a ")) = "A"',
        'REGEX("ab-12", "[a-z]+-\\\\d{2}")',
        'INCLUDES(Tags, "blue") && NOT(INCLUDES(Tags, "green"))',
        'CASE(Kind, "Small", 1, "Large", 2, 3) = 2',
        "IF(Flag, 1, 2) = 1",
        "BLANKVALUE(Blank, 5) = 5",
        "MAX(1, 3, 2) - MIN(3, 1) = 2",
        "MOD(-1, 3) = 2 && ABS(-2) = 2 && ROUND(2.345, 2) = 2.35 && FLOOR(1.9) = 1 && CEILING(1.1) = 2",
        "TODAY() - Day = 2",
        "Day + 2 = TODAY()",
        "NOW() > Seen && ROUND((NOW() - Seen) * 24, 6) = 50",
        "DATEVALUE(Seen) = Day && YEAR(Day) = 2026 && MONTH(Day) = 11 && DAY(Day) = 23 && WEEKDAY(Day) = 2",
        'FIND("S", Name) = 8 && FIND("x", Name) = 0 && ISNUMBER("1.5") && NOT(ISNUMBER("1,5"))',
        'LPAD("7", 3, "0") = "007" && RPAD("ab", 1) = "a" && REVERSE("ab") = "ba" && INITCAP("a b") = "A B"',
        "DATE(2026, 2, 29) = NULL && DATE(2026, 11, 23) = Day && ISOWEEK(Day) = 48 && DAYOFYEAR(Day) = 327",
        "ADDMONTHS(DATE(2026, 1, 31), 1) = DATE(2026, 2, 28) && ADDMONTHS(DATE(2026, 2, 28), 1) = DATE(2026, 3, 31)",
        'DATETIMEVALUE("2026-11-23 10:00:00") = Seen && UNIXTIMESTAMP(Seen) = 1795428000',
        "TRUNC(2.39, 1) = 2.3 && TRUNC(-2.9) = -2 && SQRT(9) = 3 && LOG(100) = 2 && ISBLANK(SQRT(Blank))",
        "NOT(ISCLONE())",
        "/* says */ ISNEW() /* nothing */",
    ],
)
def test_a_formula_is_true(text: str) -> None:
    assert _evaluated(text) is True


def test_a_change_is_told_from_the_row_before() -> None:
    row = _Row({"Size": Decimal(3), "Name": "A"}, {"Size": Decimal(2), "Name": "A"})
    assert _evaluated("ISCHANGED(Size) && !ISCHANGED(Name) && PRIORVALUE(Size) = 2 && !ISNEW()", row)
    assert _evaluated("!ISCHANGED(Size) && PRIORVALUE(Size) = 2.5")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AND(", "the end"),
        ("1 +", "the end"),
        ("1 2", "'2'"),
        ("(1", "the end"),
        ("a ? b", "unexpected character"),
        ("VLOOKUP(a)", r"VLOOKUP\(\) is not known"),
        ("NOT(TRUE, FALSE)", r"NOT\(\) does not take 2"),
        ("CASE(1, 2, 3, 4, 5)", r"CASE\(\)"),
        ("ISCHANGED(1)", r"ISCHANGED\(\) takes one field"),
    ],
)
def test_what_is_no_formula_is_named(text: str, found: str) -> None:
    with pytest.raises(FormulaError, match=found):
        _evaluated(text)


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("Nope__c = 1", "has no field Nope__c"),
        ("Nope__r.Name = 'x'", "has no parent Nope__r"),
        ("$Setup.Switch__c = TRUE", r"global variable \$Setup.Switch__c"),
        ("$Permission.Bypass", r"global variable \$Permission.Bypass"),
        ("$User.Nope__c = 'x'", r"global variable \$User.Nope__c"),
        ("GEOLOCATION(1, 2) = 1", r"GEOLOCATION\(\)"),
        ('Kind__c = "Large"', "Field Kind__c is a picklist field. Picklist fields are only supported in certain"),
        ('NOT("Large" <> PRIORVALUE(Kind__c))', "Field Kind__c is a picklist field"),
        ('Kind__c & "x" = "x"', "Field Kind__c is a picklist field"),
    ],
)
def test_an_org_does_not_start_with_a_rule_that_it_cannot_take(formula: str, found: str) -> None:
    kind = picklist("Kind__c", "Kind", "Large")
    ruled = sobject("Ruled__c", "a09", Sharing.READ_WRITE, kind, rules=(ValidationRule("Rule", formula, "no"),))
    with pytest.raises(FormulaError, match=rf"Ruled__c\.Rule: .*{found}"):
        LocalOrg(IN_MEMORY, small_schema(ruled), MovableClock())


def test_a_text_is_never_null_and_a_number_may_be() -> None:
    rules = (
        ValidationRule("A", "ISNULL(Guest__c) || ISNULL(Kind__c)", "a null text"),
        ValidationRule("B", "ISNULL(Size__c) && ISBLANK(Guest__c) && ISBLANK(TEXT(Kind__c))", "a null number"),
    )
    fields = (
        Field("Guest__c", "Guest", FieldType.STRING, length=40, custom=True),
        picklist("Kind__c", "Kind", "Large"),
        Field("Size__c", "Size", FieldType.DOUBLE, precision=5, scale=2, custom=True),
    )
    small = small_org(more=(sobject("Ruled__c", "a09", Sharing.READ_WRITE, *fields, rules=rules),))
    small.acting("rep").create("Ruled__c", {"Size__c": 1})
    with pytest.raises(ApiError) as refused:
        small.acting("rep").create("Ruled__c", {})
    assert (refused.value.message, refused.value.also) == ("a null number", ())
    small.org.close()


def test_a_rule_reads_the_users_profile_and_role() -> None:
    formula = '$Profile.Name = "Minimum Access - Salesforce" && $UserRole.Name = "Rep" && $User.LastName = "Shopper"'
    rules = (ValidationRule("Rule", formula, "not for reps"),)
    small = small_org(more=(sobject("Ruled__c", "a09", Sharing.READ_WRITE, rules=rules),))
    small.acting("other").create("Ruled__c", {})
    role = small.acting("admin").create("UserRole", {"Name": "Rep"})
    small.acting("admin").update("User", small.people["rep"], {"UserRoleId": role})
    with pytest.raises(ApiError, match="not for reps"):
        small.acting("rep").create("Ruled__c", {})
    small.org.close()


def test_a_rule_reads_the_parent_and_the_running_user() -> None:
    lookup_field = lookup("Shop__c", "Shop__c", "Ruled__r")
    formula = 'Shop__r.Name = "Closed" && Shop__r.OwnerId = $User.Id'
    rule = ValidationRule("Rule", formula, "closed")
    org = LocalOrg(
        IN_MEMORY,
        small_schema(sobject("Ruled__c", "a09", Sharing.READ_WRITE, lookup_field, rules=(rule,))),
        MovableClock(),
    )
    session = org.as_system()
    opened, closed = (session.create("Shop__c", {"Name": name}) for name in ("Open", "Closed"))
    session.create("Ruled__c", {"Shop__c": opened})
    with pytest.raises(ApiError, match="FIELD_CUSTOM_VALIDATION_EXCEPTION: closed"):
        session.create("Ruled__c", {"Shop__c": closed})
    org.close()
