"""What book_meeting is asked and what it answers."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from app.mcp.acting import ActionAnswer
from app.mcp.arguments import AsList, Text
from app.mcp.confirming import ActionArguments
from app.mcp.prospects import Email, Prospect
from app.mcp.views.booking import BookedView, BookingPreview

MAX_GUESTS: Final = 10

AnswerText = Annotated[str, Field(max_length=1_000)]


class BookMeetingArguments(ActionArguments):
    offer_id: str = Field(description="Of preview_availability or route_prospect", max_length=32_768)
    start: Text = Field(
        description="One of the offer's starts, as RFC 3339 with its date: 2026-11-27T09:00:00-08:00; without offset "
        "it is on the wall of the offer's timezone"
    )
    prospect: Prospect | None = Field(
        None, description="Whom the meeting is with; needed unless the offer came from route_prospect"
    )
    guests: Annotated[list[Email], AsList, Field(max_length=MAX_GUESTS)] | None = Field(
        None, description="E-mail addresses of others from the prospect's side"
    )
    answers: dict[str, AnswerText] | None = Field(
        None,
        description="Answers to the form's questions, by their names; lookup_meeting_type with groups form has them",
    )


class BookAnswer(ActionAnswer):
    preview: BookingPreview | None = Field(default=None, description="Only with preview")
    meeting: BookedView | None = Field(default=None, description="Only with done")
