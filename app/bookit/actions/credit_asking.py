"""Asking for a credit: a request that an admin decides about, or a credit at once where the pool gives it by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import ActedOn, activity
from app.bookit.actions.cancel import check_may_act
from app.bookit.actions.credits import (
    CountedIn,
    approved_credit,
    check_reason_fits,
    member_in,
    pending_credit,
    standing_credit,
)
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.picklists import CreditReason, credit_reason_value, credit_status_value
from app.org.caller import Caller
from app.org.reader import Row
from app.org.writes import Update, Value, Write


@dataclass(frozen=True, slots=True)
class CreditAsked:
    """A credit that can be asked for. is_automatic: the pool gives it at once. denied_before: how many requests of this
    host for this meeting there are already, all of them denied."""

    meeting: ActedOn
    counted: CountedIn
    reason: CreditReason
    is_automatic: bool
    denied_before: int

    @property
    def sets_no_show(self) -> bool:
        return self.is_automatic and self.reason == "no_show" and not self.meeting.is_no_show


def ask_for_credit(
    meeting: ActedOn, memberships: Iterable[Row], reason: CreditReason, caller: Caller, now: datetime
) -> CreditAsked:
    """What asking would lead to. memberships: of the main host, rows of credits/memberships.

    Our own choices: a denied credit may be asked for again, but then it is never automatic, since an admin has looked
    at this meeting; the credit of a host who has left the pool would count nowhere, so it cannot be asked for.
    Raises BookItError: not_available, or already_done.
    """
    check_may_act(meeting, caller, "ask for its credit")
    if meeting.pool is None:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting was not booked through a pool, so it counts nowhere and there is nothing to credit.",
            "Tell the person; credits exist for meetings of a pool alone.",
        )
    standing = standing_credit(meeting.credits, meeting.host.id)
    if standing is not None:
        approved = standing.status == "approved"
        raise BookItError(
            ErrorCode.ALREADY_DONE,
            f"{meeting.host.name} has a credit for this meeting already: credit request {standing.id} was approved."
            if approved
            else f"The credit for this meeting was asked for already: credit request {standing.id} is pending.",
            "Tell the person; there is nothing to do." if approved else "Tell the person; an admin decides about it.",
        )
    check_reason_fits(meeting, is_no_show=reason == "no_show", now=now)
    member_id = member_in(memberships, meeting.pool.id)
    if member_id is None:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            f"{meeting.host.name} is no member any more of the pool that the meeting came through, so a credit would "
            "count nowhere.",
            "Tell the person; an admin can put the host back into the pool first.",
        )
    denied = sum(each.host_id == meeting.host.id for each in meeting.credits)
    pool = meeting.pool
    return CreditAsked(
        meeting=meeting,
        counted=CountedIn(pool.id, member_id, meeting.category_id, pool.reset_period, pool.reset_date),
        reason=reason,
        is_automatic=reason == "no_show" and pool.credit_on_no_show and not denied,
        denied_before=denied,
    )


def asking_writes(
    asked: CreditAsked, comment: str | None, caller: Caller, *, org_zone: ZoneInfo, now: datetime
) -> tuple[Write, ...]:
    """The transaction, without claims. The meeting's credit status is that of its latest request."""
    meeting = asked.meeting
    request = activity(meeting.id, "Credit Requested", caller, new=credit_reason_value(asked.reason))
    if not asked.is_automatic:
        status = credit_status_value("pending")
        return (
            pending_credit(meeting, asked.counted, asked.reason, comment, caller),
            Update("Meeting", meeting.id, {"Credit_Status": status}, unchanged_since=meeting.changed),
            request,
        )
    changes: dict[str, Value] = {"Credit_Status": credit_status_value("approved")}
    if asked.sets_no_show:
        changes["Is_No_Show"] = True
    return (
        *approved_credit(meeting, asked.counted, asked.reason, comment, caller, org_zone, now),
        Update("Meeting", meeting.id, changes, unchanged_since=meeting.changed),
        request,
        activity(meeting.id, "Credit Approved", caller, new=credit_status_value("approved")),
        *((activity(meeting.id, "No-Show Set", caller),) if asked.sets_no_show else ()),
    )
