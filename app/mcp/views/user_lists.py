"""Many people: a page of them, with the text that goes with it."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, Field

from app.mcp.views.moment import Moment, spoken
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.mcp.views.user import UserView

DESCRIBED_IN_TEXT: Final = 5
"""Of so few people the text tells the groups too."""


class UserSearchedView(BaseModel):
    """What was searched, names resolved to the records that they were taken for. Only what was asked for is there."""

    user: str | None = None
    pool: str | None = None
    calendar_status: list[str] | None = None
    product_access: list[str] | None = None


class UsersAnswer(BaseModel):
    items: list[UserView] = Field(description="The people of this page, by name")
    total: int = Field(description="Everybody who matches, on this page or not")
    has_more: bool = Field(description="Whether there is a next page")
    next_cursor: NextCursor
    now: Moment
    searched: UserSearchedView


def users_text(users: Sequence[UserView], total: int, has_more: bool, scope_text: str) -> str:
    """A table of people, with whether each can be booked; of a few also what the groups say."""
    if not users:
        return f"Nobody{' on this page' if total else ''}. {scope_text}"
    rows = [[each.name, each.email or "", each.calendar_status, _state(each), each.user_id] for each in users]
    lines = [
        f"{len(users)} of {'1 person' if total == 1 else f'{total} people'}. {scope_text}",
        table(["name", "e-mail", "calendar", "state", "user_id"], rows),
    ]
    if len(users) <= DESCRIBED_IN_TEXT:
        for user in users:
            lines += [f"{user.name}: {line}" for line in _lines(user)]
    if has_more:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return "\n".join(lines)


def _state(user: UserView) -> str:
    states = (
        (not user.active, "inactive user"),
        (not user.set_up, "not set up in BookIt"),
        (user.is_paused, "paused"),
    )
    return ", ".join(word for holds, word in states if holds) or "active"


def _lines(user: UserView) -> list[str]:
    lines: list[str] = []
    if user.schedule is not None:
        hours = user.schedule.working_hours
        if hours is None:
            lines.append(f"no working hours ({user.schedule.timezone})")
        elif hours.problem is not None:
            lines.append(f"working hours {hours.name!r} cannot be read")
        else:
            default = ", the org's default" if hours.is_org_default else ""
            lines.append(f"working hours {hours.name!r}{default} ({hours.timezone})")
        lines += [f"vacation from {each.first} to {each.last}" for each in user.schedule.vacations]
        if (until := user.schedule.paused.until) is not None:
            lines.append(f"paused until {spoken(until)} ({until.timezone})")
    if user.integrations is not None:
        connected = [f"{each.provider} {each.status}" for each in user.integrations.conferencing]
        lines.append(f"conferencing {', '.join(connected) or 'none'}")
    if user.links is not None:
        usable = [each for each in user.links.items if each.active and not each.expired]
        lines.append(f"{len(usable)} active of {len(user.links.items)}{'+' if user.links.has_more else ''} links")
    return lines
