"""Canceling a meeting: it keeps its row and its history, and takes no time any more."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import ActedOn, activity
from app.bookit.actions.credits import automatic_credit, standing_credit
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.picklists import credit_status_value, status_value
from app.org.caller import Caller, Scope
from app.org.writes import Delete, Update, Value, Write


def check_may_act(meeting: ActedOn, caller: Caller, what: str) -> None:
    """A user acts on meetings that he hosts as the main host (our own choice: others on it can read it).

    what: the verb of the refusal (`cancel it`). Raises BookItError not_available, with what may be done instead.
    """
    if caller.scope is Scope.USER and meeting.host.id != caller.user_id:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"Only the main host can {what}, and that is {meeting.host.name}.",
            f"Tell the person to ask {meeting.host.name}, or an admin.",
        )


def check_cancelable(meeting: ActedOn, caller: Caller, now: datetime) -> None:
    """Raises BookItError: not_available, or already_done."""
    check_may_act(meeting, caller, "cancel it")
    if not meeting.is_live:
        raise BookItError(
            ErrorCode.ALREADY_DONE, "The meeting is canceled already.", "Tell the person; there is nothing to do."
        )
    if meeting.start <= now:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting has begun or is over, so it cannot be canceled any more.",
            "If nobody came or it was not worth the time, request_credit is for that.",
        )


def gives_credit(meeting: ActedOn) -> bool:
    """Whether the pool gives the host a credit by itself: it says so, counted the meeting for him, and he has none."""
    if meeting.pool is None or meeting.member_id is None or not meeting.pool.credit_on_cancel:
        return False
    return standing_credit(meeting.credits, meeting.host.id) is None


def cancel_writes(
    meeting: ActedOn, caller: Caller, *, reason: str | None, event_id: str | None, org_zone: ZoneInfo, now: datetime
) -> tuple[Write, ...]:
    """The transaction, without claims. event_id: of the calendar event, if it is still there."""
    by_host = caller.user_id == meeting.host.id
    changes: dict[str, Value] = {
        "Status": status_value("canceled"),
        "Canceled_Date": now,
        "Canceled_By_Type": "Host" if by_host else "Admin",
        "Cancellation_Reason": reason,
    }
    credit: tuple[Write, ...] = ()
    if gives_credit(meeting):
        credit = automatic_credit(meeting, "other", "The meeting was canceled.", caller, org_zone, now)
        changes["Credit_Status"] = credit_status_value("approved")
    return (
        Update("Meeting", meeting.id, changes, unchanged_since=meeting.changed),
        *((Delete("Event", event_id),) if event_id is not None else ()),
        activity(meeting.id, "Canceled", caller, old=status_value(meeting.status), new=status_value("canceled")),
        *credit,
    )
