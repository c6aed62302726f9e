"""What a meeting type's form asks for, against what was given: nothing required is missing, nothing is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.form import FormField, Unreadable, form_from
from app.bookit.routing.routed import RoutedProspect

PROSPECT: Final = ("first_name", "last_name", "email", "phone", "company")
"""The form's fixed fields; they are given as the prospect."""


def checked_answers(
    form: str | None, prospect: RoutedProspect, answers: Mapping[str, str], *, again: str = "call again"
) -> Mapping[str, str]:
    """The answers by the questions' names. form: as the org stores it; again: how to come back with what is missing.

    Raises BookItError invalid_argument naming what is missing or unknown; not_available for a form that cannot be read.
    """
    try:
        fields = form_from(form).fields
    except Unreadable:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The form of this meeting type cannot be read, so nobody knows what it asks for.",
            "An admin can save the form anew in BookIt; take another meeting type until then.",
        ) from None
    questions = {each.name: each for each in fields if each.name not in PROSPECT}
    unknown = sorted(set(answers) - set(questions))
    if unknown:
        known = ", ".join(questions) or "none"
        raise _refused(f"The form has no question {unknown[0][:60]!r}.", f"Its questions are: {known}.")
    given = {name: text.strip() for name, text in answers.items() if text.strip()}
    missing = [each for each in fields if each.required and not _is_given(each, prospect, given)]
    if missing:
        names = ", ".join(f"{'prospect.' if each.name in PROSPECT else 'answers.'}{each.name}" for each in missing)
        raise _refused(f"The form requires {names}.", f"Ask the person for them, then {again}.")
    for name, text in given.items():
        options = questions[name].options
        if options and text not in options:
            raise _refused(f"answers.{name} is none of the form's options.", f"Take one of: {', '.join(options)}.")
    return given


def _is_given(field: FormField, prospect: RoutedProspect, answers: Mapping[str, str]) -> bool:
    if field.name in PROSPECT:
        return bool(getattr(prospect, field.name))
    return field.name in answers


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)
