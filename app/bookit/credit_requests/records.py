"""A credit request as the statement credits/search reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.bookit.meetings.records import Person, Reference
from app.bookit.picklists import CreditStatus, credit_status, snake
from app.org.reader import Row


@dataclass(frozen=True, slots=True)
class RequestedFor:
    """The meeting that a credit is asked for. start: UTC. prospect and company may have been typed by the prospect."""

    id: str
    start: datetime
    type: Reference
    prospect_name: str | None
    prospect_email: str | None
    company: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """by is None for who signed in with a one-time code, and for a user who is gone."""

    at: datetime | None
    by: Person | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """reason: in snake_case, one of an org's own too. decided is None while it is pending. Times in UTC."""

    id: str
    status: CreditStatus
    reason: str
    comment: str | None
    is_automatic: bool
    requested: datetime
    requested_by: Person | None
    host: Person
    pool: Reference | None
    meeting: RequestedFor
    decided: Decided | None


def credit_request_from(row: Row) -> CreditRequest:
    meeting, pool = row["Meeting"], row["Pool"]
    kind = meeting["Meeting_Type"]
    status = credit_status(row["Status"])
    return CreditRequest(
        id=row["Id"],
        status=status,
        reason=snake(row["Reason"]),
        comment=row["Comment"],
        is_automatic=bool(row["Is_Automatic"]),
        requested=row["CreatedDate"],
        requested_by=_person_or_none(row["Requested_By"]),
        host=_person(row["Host"]),
        pool=Reference(pool["Id"], pool["Grouping_Name"]) if pool else None,
        meeting=RequestedFor(
            id=meeting["Id"],
            start=meeting["Start"],
            type=Reference(kind["Id"], kind["Display_Name"]),
            prospect_name=meeting["Prospect_Name"],
            prospect_email=meeting["Prospect_Email"],
            company=meeting["Company"],
        ),
        decided=None
        if status == "pending"
        else Decided(row["Decided_Date"], _person_or_none(row["Decided_By"]), row["Decision_Comment"]),
    )


def _person(row: Row) -> Person:
    return Person(row["Id"], row["Name"], row["Email"])


def _person_or_none(row: Row | None) -> Person | None:
    return _person(row) if row else None
