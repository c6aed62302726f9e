"""Who could take a meeting over, and who is about to."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from app.mcp.views.acted import ActionPreview
from app.mcp.views.meeting import PersonRef


class NewHostCandidateView(BaseModel):
    user_id: str
    name: str
    free: bool
    reason: str | None = Field(description="Why not: busy, vacation, daily_limit, on_the_meeting and the like")
    detail: str | None = Field(description="The same in a sentence")


class ReassignPreview(ActionPreview):
    new_host: PersonRef
    conference_link: str | None = Field(description="The new host's own; null: the meeting is left without one")


def candidates_text(candidates: Sequence[NewHostCandidateView], when: str) -> str:
    """Who is free and who is not, in the order of turns; names of colleagues alone. when: the meeting's time."""
    if not candidates:
        return f"The pool has no other member. The meeting is on {when}."
    lines = [f"- {each.name}: {'free' if each.free else each.detail}" for each in candidates]
    return "\n".join([f"Other members of the pool, by whose turn it is, for {when}:", *lines])
