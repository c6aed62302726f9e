"""What a model sends is checked whole, and refused in words that it can act on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.arguments import Arguments, OneOrMore, Snake, parse_arguments


class Probe(Arguments):
    meeting_id: Annotated[str, Field(min_length=1)]
    status: OneOrMore[Annotated[Literal["no_show", "canceled"], Snake]] | None = None
    limit: int = Field(25, ge=1, le=100)


def refused(given: dict[str, Any]) -> BookItError:
    with pytest.raises(BookItError) as refusal:
        parse_arguments(Probe, given)
    assert refusal.value.code is ErrorCode.INVALID_ARGUMENT
    return refusal.value


def test_an_unknown_argument_is_refused_with_its_neighbour_and_all_that_are_allowed() -> None:
    refusal = refused({"meeting_id": "m", "meetingid": "m"})
    assert "There is no argument 'meetingid'; perhaps meeting_id." in refusal.message
    assert refusal.hint == "The arguments are: meeting_id, status, limit."


def test_a_missing_argument_is_named() -> None:
    assert refused({}).message == "meeting_id is required."


def test_several_mistakes_are_named_at_once_but_not_without_end() -> None:
    refusal = refused({"status": ["x"], "limit": 0} | {f"unknown_{n}": n for n in range(50)})
    assert len(refusal.message) < 600


@pytest.mark.parametrize(
    "status", [["no_show"], "no_show", "No-Show", ["NO SHOW"], '["no_show"]', ' ["No-Show"]'], ids=str
)
def test_a_list_is_taken_however_it_is_spelled(status: object) -> None:
    assert parse_arguments(Probe, {"meeting_id": "m", "status": status}).status == ["no_show"]


def test_null_is_as_good_as_nothing() -> None:
    assert parse_arguments(Probe, {"meeting_id": "m", "status": None}).status is None


@given(
    st.dictionaries(st.sampled_from(["meeting_id", "status", "limit"]) | st.text(max_size=5), st.text() | st.integers())
)
def test_any_arguments_are_taken_or_refused(given: dict[str, Any]) -> None:
    try:
        parse_arguments(Probe, given)
    except BookItError as refusal:
        assert refusal.hint  # noqa: PT017
