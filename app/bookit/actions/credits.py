"""Credits as an action writes them: a request, and the ledger's row once it is approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import ActedOn, Credit
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.picklists import CreditReason, credit_reason_value, credit_status_value, entry_kind_value
from app.org.caller import Caller
from app.org.reader import Row
from app.org.writes import Create, Value, Write
from app.scheduling.count_periods import ResetPeriod, count_period
from app.scheduling.zones import day_of

REQUEST: Final = "credit"
"""What a transaction calls its new credit request."""


@dataclass(frozen=True, slots=True)
class CountedIn:
    """Where a host's credit counts: his place in a pool, in one meeting category."""

    pool_id: str
    member_id: str
    category_id: str | None
    reset_period: ResetPeriod
    reset_date: date | None


def standing_credit(credits: Iterable[Credit], host_id: str) -> Credit | None:
    """The host's credit for a meeting, or the request that may become one: at most one for each meeting and host. A
    denied one stands in nobody's way. credits: of the meeting, whoever's."""
    return next((each for each in credits if each.host_id == host_id and each.status != "denied"), None)


def member_in(memberships: Iterable[Row], pool_id: str) -> str | None:
    """The member that a host is in a pool; None if he is none (any more). memberships: rows of credits/memberships."""
    return next((row["Id"] for row in memberships if row["Pool"]["Id"] == pool_id), None)


def check_reason_fits(meeting: ActedOn, *, is_no_show: bool, now: datetime) -> None:
    """A no-show is known once a meeting that was not canceled has begun; the other reasons fit at any time, a canceled
    meeting too (our own choice: BookIt counts it as scheduled until somebody gives the credit).

    Raises BookItError not_available.
    """
    if not is_no_show:
        return
    if not meeting.is_live:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting is canceled, so nobody can have missed it.",
            "If the person wants the credit because it was canceled, the reason is other.",
        )
    if meeting.start > now:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The meeting has not begun yet, so nobody has missed it.",
            "Try again after its start; if it is not worth the time, cancel_meeting or the reason unqualified is for "
            "that.",
        )


def automatic_credit(
    meeting: ActedOn, reason: CreditReason, comment: str | None, caller: Caller, org_zone: ZoneInfo, now: datetime
) -> tuple[Write, ...]:
    """A credit that the pool gives by itself: an approved request and its row of the ledger; none where there is no
    pool, or there is one already."""
    pool, member_id = meeting.pool, meeting.member_id
    if pool is None or member_id is None or standing_credit(meeting.credits, meeting.host.id) is not None:
        return ()
    counted = CountedIn(pool.id, member_id, meeting.category_id, pool.reset_period, pool.reset_date)
    return approved_credit(meeting, counted, reason, comment, caller, org_zone, now)


def approved_credit(
    meeting: ActedOn,
    counted: CountedIn,
    reason: CreditReason,
    comment: str | None,
    caller: Caller,
    org_zone: ZoneInfo,
    now: datetime,
) -> tuple[Write, Write]:
    """The same where the host's place in the pool is known. Decided_By is whoever set it off."""
    request = {
        **request_values(meeting, counted, reason, comment, caller),
        "Status": credit_status_value("approved"),
        "Is_Automatic": True,
        "Decided_By": caller.user_id,
        "Decided_Date": now,
    }
    entry = ledger_credit(meeting.id, meeting.host.id, counted, credit_reason_value(reason), caller, org_zone, now)
    return Create("Credit_Request", request, REQUEST), entry


def pending_credit(
    meeting: ActedOn, counted: CountedIn, reason: CreditReason, comment: str | None, caller: Caller
) -> Create:
    """A request that an admin decides about. Its open key lets a meeting and host have one and no second."""
    request = {
        **request_values(meeting, counted, reason, comment, caller),
        "Status": credit_status_value("pending"),
        "Is_Automatic": False,
        "Open_Key": f"{meeting.id}|{meeting.host.id}",
    }
    return Create("Credit_Request", request, REQUEST)


def request_values(
    meeting: ActedOn, counted: CountedIn, reason: CreditReason, comment: str | None, caller: Caller
) -> dict[str, Value]:
    """What every new request has. A caller by one-time code is no user who could have made it."""
    return {
        "Meeting": meeting.id,
        "Host": meeting.host.id,
        "Pool": counted.pool_id,
        "Meeting_Category": counted.category_id,
        "Reason": credit_reason_value(reason),
        "Comment": comment,
        "Requested_By": caller.user_id,
    }


def ledger_credit(
    meeting_id: str,
    host_id: str,
    counted: CountedIn,
    reason: str,
    caller: Caller,
    org_zone: ZoneInfo,
    now: datetime,
) -> Create:
    """The ledger's row of an approved credit, in the count period of its approval. Its key lets a meeting and host have
    one and no second. reason: Salesforce's picklist value."""
    period = count_period(day_of(now, org_zone), counted.reset_period, counted.reset_date)
    return Create(
        "Count_Entry",
        {
            "Pool": counted.pool_id,
            "Member": counted.member_id,
            "Meeting_Category": counted.category_id,
            "Period_Start": period.first,
            "Kind": entry_kind_value("credit"),
            "Entry_Key": f"credit|{meeting_id}|{host_id}",
            "Delta": 1,
            "Reason": reason,
            "Meeting": meeting_id,
            "Changed_By": caller.actor,
        },
    )
