"""How an answer shows a time, a prospect's words, and a form's answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.mcp.views.form_answers import MAX_ANSWERS, form_answers
from app.mcp.views.moment import moment
from app.mcp.views.tables import MAX_ROWS, table
from app.mcp.views.typed import MAX_TYPED, typed


def test_a_moment_is_local_and_universal_with_zone_and_weekday() -> None:
    shown = moment(datetime(2026, 11, 27, 22, tzinfo=UTC), ZoneInfo("America/Los_Angeles"))
    assert shown.model_dump() == {
        "local": "2026-11-27T14:00:00-08:00",
        "utc": "2026-11-27T22:00:00Z",
        "timezone": "America/Los_Angeles",
        "weekday": "Friday",
    }
    assert moment(datetime(2026, 11, 27, 22, tzinfo=UTC), ZoneInfo("UTC")).local == "2026-11-27T22:00:00+00:00"
    assert moment(datetime(2026, 11, 27, 22, tzinfo=UTC), ZoneInfo("Asia/Kathmandu")).weekday == "Saturday"


@given(st.text(max_size=2 * MAX_TYPED))
def test_typed_text_is_bounded_and_has_no_control_characters(text: str) -> None:
    shown = typed(text)
    assert shown is not None
    assert len(shown) <= MAX_TYPED
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_ordinary_typed_text_stays_as_it_is() -> None:
    assert typed("Zoë Ünal, O'Brien & Sons\nBerlin") == "Zoë Ünal, O'Brien & Sons\nBerlin"
    assert typed(None) is None


def test_form_answers_are_read_from_what_a_form_keeps() -> None:
    def pairs(stored: str | None) -> list[tuple[str, str | None]]:
        return [(each.question, each.answer) for each in form_answers(stored)]

    assert pairs('{"Team size": "11", "Tools": ["a", "b"], "Why": null}') == [
        ("Team size", "11"),
        ("Tools", '["a", "b"]'),
        ("Why", None),
    ]
    assert pairs('[{"question": "Team size", "answer": 11}, "loose"]') == [("Team size", "11"), ("form", "loose")]
    assert pairs("no json at all") == [("form", "no json at all")]
    assert pairs("7") == [("form", "7")]
    assert pairs(None) == pairs("") == []
    assert len(pairs(json.dumps({str(n): "x" for n in range(50)}))) == MAX_ANSWERS


@given(st.text())
def test_no_stored_text_breaks_the_reading_of_form_answers(text: str) -> None:
    assert len(form_answers(text)) <= MAX_ANSWERS


def test_a_table_is_cut_with_a_word_about_the_rest() -> None:
    lines = table(["a", "b"], [["1", "two"]] * (MAX_ROWS + 3)).splitlines()
    assert lines[:2] == ["a  b", "1  two"]
    assert lines[-1] == "… and 3 more in the structured answer"
    assert len(lines) == MAX_ROWS + 2
