"""What an org keeps in a meeting type's JSON fields is read as BookIt means it, or refused."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.meeting_types.form import (
    MAX_FIELDS,
    MAX_OPTIONS,
    MAX_REMINDERS,
    Form,
    FormField,
    Unreadable,
    form_from,
    notifications_from,
)
from app.scheduling.errors import HoursError
from tests.bookit.meeting_types import a_type

KEYS = ("name", "label", "type", "required", "options", "reminders_minutes_before", "sms", "confirmation", "monday")
STORED: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("09:00")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=30), st.dictionaries(st.sampled_from(KEYS), inner), st.dictionaries(st.text(), inner)
    ),
    max_leaves=40,
)
TEXTS = st.one_of(st.text(), STORED.map(json.dumps))


def test_a_form_has_its_fields_in_order_and_counts_what_it_leaves_out() -> None:
    stored = [
        {"name": "email", "label": "E-mail", "type": "email", "required": True},
        {"name": "size", "label": None, "type": "select", "options": ["1-10", "11-"], "hint": "of the team", "id": 7},
    ]
    fields = (
        FormField("email", "E-mail", "email", required=True, options=()),
        FormField("size", "size", "select", required=False, options=("1-10", "11-")),
    )
    assert form_from(json.dumps(stored)) == Form(fields, left_out=2)
    assert form_from(None) == form_from("") == form_from("[]") == Form((), 0)
    many = [{"name": f"f{number}", "options": ["x"] * (MAX_OPTIONS + 2)} for number in range(MAX_FIELDS + 3)]
    assert form_from(json.dumps(many)).left_out == 3 + 2 * MAX_FIELDS


def test_what_a_type_does_not_say_of_notifications_is_not_made_up() -> None:
    silent = notifications_from(None)
    assert (silent.confirmation, silent.reminders, silent.cancellation, silent.sms) == (None, (), None, None)
    told = notifications_from('{"sms": true, "confirmation": false, "slack": "#sales"}')
    assert (told.sms, told.confirmation, told.left_out) == (True, False, 1)


@pytest.mark.parametrize(
    "stored",
    [
        *("{}", "7", '"text"', "[7]", "[[]]", "[{}]", "{", "[" * 9999, '[{"name": 7}]'),
        *('[{"name": "a", "required": "yes"}]', '[{"name": "a", "options": "b"}]', '[{"name": "a", "options": [1]}]'),
        *('[{"name": null}]', '[{"name": "a", "label": 7}]', '[{"name": "a", "type": []}]'),
    ],
)
def test_a_form_that_is_none_is_unreadable(stored: str) -> None:
    with pytest.raises(Unreadable):
        form_from(stored)


@given(TEXTS)
def test_no_stored_text_breaks_the_reading_of_a_form(stored: str) -> None:
    try:
        form = form_from(stored)
    except Unreadable:
        return
    assert len(form.fields) <= MAX_FIELDS
    assert all(len(field.options) <= MAX_OPTIONS for field in form.fields)


@given(TEXTS)
def test_no_stored_text_breaks_the_reading_of_notifications(stored: str) -> None:
    try:
        told = notifications_from(stored)
    except Unreadable:
        return
    assert len(told.reminders) <= MAX_REMINDERS
    assert all(minutes >= 0 for minutes in told.reminders)


@given(TEXTS)
def test_no_stored_text_breaks_the_reading_of_hours(stored: str) -> None:
    try:
        hours = a_type(hours_source="meeting_type", hours_stored=stored).own_hours(ZoneInfo("America/New_York"))
    except HoursError:
        return
    assert len(hours.week) == 7
