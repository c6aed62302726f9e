"""Deciding about a credit request: approved, it becomes one row of the ledger; denied, it stays a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.bookit.actions.acted_on import ActedOn, activity
from app.bookit.actions.credits import CountedIn, check_reason_fits, ledger_credit, member_in
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meetings.records import Person, Reference
from app.bookit.picklists import CreditStatus, credit_status, credit_status_value, reset_period, snake
from app.org.caller import Caller
from app.org.ids import is_record_id, record_id
from app.org.reader import Reader, Row
from app.org.writes import Update, Value, Write
from app.scheduling.count_periods import ResetPeriod

Decision = Literal["approve", "deny"]

DECIDED: Final[dict[Decision, CreditStatus]] = {"approve": "approved", "deny": "denied"}


@dataclass(frozen=True, slots=True)
class ReviewTarget:
    """The request that a caller names, if he may see it. main_host_id: of its meeting, now."""

    id: str
    host_id: str
    meeting_id: str
    main_host_id: str


@dataclass(frozen=True, slots=True)
class PoolOfRequest:
    named: Reference
    reset_period: ResetPeriod
    reset_date: date | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A request as it is. reason: in snake_case, one of an org's own too; stored_reason: as Salesforce has it."""

    id: str
    status: CreditStatus
    reason: str
    stored_reason: str
    comment: str | None
    requested: datetime
    decided: datetime | None
    changed: datetime
    host: Person
    pool: PoolOfRequest | None
    category_id: str | None

    @property
    def is_no_show(self) -> bool:
        return self.reason == "no_show"


async def find_review_target(reader: Reader, credit_request_id: str) -> ReviewTarget:
    """One call to Salesforce, none for what is no id. Raises BookItError not_found; OrgError."""
    rows: Sequence[Row] = ()
    if is_record_id(credit_request_id):
        rows = (await reader.fetch("credits/target", {"credit_request": record_id(credit_request_id)})).rows
    if not rows:
        raise _not_found()
    row = rows[0]
    return ReviewTarget(row["Id"], row["Host"]["Id"], row["Meeting"]["Id"], row["Meeting"]["Main_Host"])


def reviewed(rows: Sequence[Row]) -> Reviewed:
    """The request of credits/request. Raises BookItError not_found if it was deleted meanwhile."""
    if not rows:
        raise _not_found()
    row = rows[0]
    host, pool = row["Host"], row["Pool"]
    return Reviewed(
        id=row["Id"],
        status=credit_status(row["Status"]),
        reason=snake(row["Reason"]),
        stored_reason=row["Reason"],
        comment=row["Comment"],
        requested=row["CreatedDate"],
        decided=row["Decided_Date"],
        changed=row["LastModifiedDate"],
        host=Person(host["Id"], host["Name"], host["Email"]),
        pool=PoolOfRequest(
            Reference(pool["Id"], pool["Grouping_Name"]), reset_period(pool["Reset_Period"]), pool["Reset_Date"]
        )
        if pool
        else None,
        category_id=row["Meeting_Category"]["Id"] if row["Meeting_Category"] else None,
    )


def check_reviewable(request: Reviewed, decision: Decision) -> None:
    """Whether it is still to be decided about. Raises BookItError: already_done, or conflict for the other decision."""
    if request.status == "pending":
        return
    if request.status == DECIDED[decision]:
        raise BookItError(
            ErrorCode.ALREADY_DONE,
            f"The credit request is {request.status} already.",
            "Tell the person; there is nothing to do.",
        )
    raise BookItError(
        ErrorCode.CONFLICT,
        f"The credit request was decided about already: it is {request.status}.",
        "A decision is not taken back here. Tell the person; a denied credit may be asked for again with "
        "request_credit.",
    )


def counted_in(request: Reviewed, meeting: ActedOn, memberships: Iterable[Row], now: datetime) -> CountedIn:
    """Where the credit would count if it is approved: it is the requesting host's, in the pool of the request, whoever
    hosts the meeting now. memberships: of that host, rows of credits/memberships.

    Raises BookItError: already_done where that host has his credit for this meeting by another request; not_available.
    """
    host_id = request.host.user_id
    given = next((each for each in meeting.credits if each.host_id == host_id and each.status == "approved"), None)
    if given is not None:
        raise BookItError(
            ErrorCode.ALREADY_DONE,
            f"{request.host.name} has a credit for this meeting already, by credit request {given.id}.",
            "There is one for each meeting and host: deny this request instead, if the person agrees.",
        )
    check_reason_fits(meeting, is_no_show=request.is_no_show, now=now)
    pool = request.pool
    member_id = member_in(memberships, pool.named.id) if pool is not None else None
    if pool is None or member_id is None:
        raise BookItError(
            ErrorCode.NOT_AVAILABLE,
            "The pool of the request is not there any more, so a credit would count nowhere."
            if pool is None
            else f"{request.host.name} is no member of {pool.named.name} any more, so a credit would count nowhere.",
            "Tell the person. The request can be denied"
            + ("." if pool is None else ", or approved once the host is a member of the pool again."),
        )
    return CountedIn(pool.named.id, member_id, request.category_id, pool.reset_period, pool.reset_date)


def sets_no_show(request: Reviewed, meeting: ActedOn, decision: Decision) -> bool:
    return decision == "approve" and request.is_no_show and not meeting.is_no_show


def review_writes(
    request: Reviewed,
    meeting: ActedOn,
    decision: Decision,
    counted: CountedIn | None,
    comment: str | None,
    caller: Caller,
    *,
    org_zone: ZoneInfo,
    now: datetime,
) -> tuple[Write, ...]:
    """The transaction, without claims. counted: of a credit that is approved. A caller by one-time code is no user
    whom Decided_By could name: the activity names him. The meeting's credit status is that of the latest decision."""
    status = credit_status_value(DECIDED[decision])
    decided: dict[str, Value] = {
        "Status": status,
        "Decided_By": caller.user_id,
        "Decided_Date": now,
        "Decision_Comment": comment,
        "Open_Key": None,
    }
    changes: dict[str, Value] = {"Credit_Status": status}
    no_show = sets_no_show(request, meeting, decision)
    if no_show:
        changes["Is_No_Show"] = True
    old = credit_status_value("pending")
    entry: tuple[Write, ...] = ()
    if counted is not None:
        entry = (
            ledger_credit(meeting.id, request.host.user_id, counted, request.stored_reason, caller, org_zone, now),
        )
    return (
        Update("Credit_Request", request.id, decided, unchanged_since=request.changed),
        *entry,
        Update("Meeting", meeting.id, changes, unchanged_since=meeting.changed),
        activity(
            meeting.id, "Credit Approved" if decision == "approve" else "Credit Denied", caller, old=old, new=status
        ),
        *((activity(meeting.id, "No-Show Set", caller),) if no_show else ()),
    )


def _not_found() -> BookItError:
    return BookItError(
        ErrorCode.NOT_FOUND,
        "There is no such credit request among those that you may see.",
        "Look for it with list_credit_requests.",
    )
