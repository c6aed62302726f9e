"""What a form asks for, against what was given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.bookit.actions.form_answers import checked_answers
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.routing.routed import RoutedProspect

PAT = RoutedProspect("pat@x.example", "Pat", None, None, "X")
FORM: list[dict[str, Any]] = [
    {"name": "email", "required": True},
    {"name": "first_name", "required": True},
    {"name": "size", "required": True, "options": ["small", "large"]},
    {"name": "why"},
]


def checked(answers: dict[str, str], *more: dict[str, Any], prospect: RoutedProspect = PAT) -> dict[str, str]:
    return dict(checked_answers(json.dumps([*FORM, *more]), prospect, answers))


def test_answers_are_trimmed_and_blank_ones_are_none() -> None:
    assert checked({"size": " small ", "why": "  "}) == {"size": "small"}


@pytest.mark.parametrize(
    ("answers", "more", "says"),
    [
        ({}, (), "The form requires answers.size."),
        ({"size": " "}, (), "The form requires answers.size."),
        ({"size": "Small"}, (), "answers.size is none of the form's options."),
        ({"size": "small", "shoe": "44"}, (), "The form has no question 'shoe'."),
        ({"size": "small", "first_name": "Max"}, (), "The form has no question 'first_name'."),
        ({"size": "small"}, ({"name": "phone", "required": True},), "The form requires prospect.phone."),
        ({}, ({"name": "last_name", "required": True},), "The form requires answers.size, prospect.last_name."),
    ],
)
def test_what_is_missing_or_unknown_is_named(
    answers: dict[str, str], more: tuple[dict[str, Any], ...], says: str
) -> None:
    with pytest.raises(BookItError) as refused:
        checked(answers, *more)
    assert (refused.value.code, refused.value.message) == (ErrorCode.INVALID_ARGUMENT, says)


def test_a_type_without_a_form_asks_nothing_and_takes_no_answers() -> None:
    assert checked_answers(None, PAT, {}) == {}
    with pytest.raises(BookItError, match="no question"):
        checked_answers(None, PAT, {"why": "because"})


def test_a_form_that_cannot_be_read_cannot_be_booked() -> None:
    with pytest.raises(BookItError) as refused:
        checked_answers("{broken", PAT, {})
    assert refused.value.code is ErrorCode.NOT_AVAILABLE
