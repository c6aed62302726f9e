"""What each operator makes of blanks, case, space and phone numbers: a table beside the random graphs."""

from __future__ import annotations

from typing import Any

import pytest

from app.bookit.routing.conditions import branch_holds
from app.bookit.routing.graph import Branch, Condition, InputType, Operator

TABLE: list[tuple[InputType, Any, Operator, Any, bool]] = [
    ("STRING", " ACME ", "equals", "acme", True),
    ("STRING", "acme", "equals", " Acme ", True),
    ("STRING", "Acme Corp", "equals", "acme", False),
    ("STRING", "Straße", "equals", "STRASSE", True),
    ("STRING", "Acme Corp", "contains", "CORP", True),
    ("STRING", "Acme Corp", "starts_with", "corp", False),
    ("STRING", "  Acme Corp", "starts_with", "acme", True),
    ("STRING", "Acme", "in_list", ("stark", "acme "), True),
    ("STRING", "Acme", "in_list", ("acm",), False),
    ("STRING", "Acme", "not_equals", "ACME", False),
    ("STRING", "Acme", "is_blank", None, False),
    ("PHONE", "+1 (555) 0100", "equals", "+15550100", True),
    ("PHONE", "1 555 0100", "equals", "+1 555 0100", False),
    ("PHONE", "+1 (555) 0100", "starts_with", "+1-555", True),
    ("PHONE", "(555) 0100", "contains", "50-10", True),
    ("PHONE", "555 0100", "in_list", ("5550100",), True),
    ("DOUBLE", 1000.0, "equals", 1000, True),
    ("DOUBLE", 1000.0, "greater", 1000, False),
    ("DOUBLE", 1000.5, "greater", 1000, True),
    ("DOUBLE", 1000.0, "less", 1000, False),
    ("DOUBLE", -1.0, "less", 0, True),
    ("DOUBLE", 5.0, "in_list", (1, 5), True),
    ("BOOLEAN", False, "is_false", None, True),
    ("BOOLEAN", False, "is_true", None, False),
    ("BOOLEAN", False, "is_blank", None, False),
    ("BOOLEAN", True, "equals", True, True),
]
BLANK: list[tuple[InputType, Operator, Any, bool]] = [
    ("STRING", "is_blank", None, True),
    ("STRING", "equals", "x", False),
    ("STRING", "not_equals", "x", True),
    ("STRING", "contains", "x", False),
    ("STRING", "in_list", ("x",), False),
    ("DOUBLE", "less", 1, False),
    ("BOOLEAN", "is_false", None, False),
]


@pytest.mark.parametrize(
    ("type_", "value", "operator", "compared", "expected"),
    [*TABLE, *((type_, None, operator, compared, expected) for type_, operator, compared, expected in BLANK)],
)
def test_a_condition_holds_or_not(
    type_: InputType, value: Any, operator: Operator, compared: Any, expected: bool
) -> None:
    branch = Branch("branch", every=True, conditions=(Condition("input", "it", operator, compared),), next="next")
    assert branch_holds(branch, {"it": value}, {"it": type_}, {}) is expected


def test_a_field_of_a_record_that_was_not_found_is_blank() -> None:
    branch = Branch("branch", every=True, conditions=(Condition("lead", "company", "is_blank", None),), next="next")
    assert branch_holds(branch, {}, {}, {})
    assert branch_holds(branch, {}, {}, {"lead": {"company": None}})
    assert not branch_holds(branch, {}, {}, {"lead": {"company": "Acme"}})
