"""What query_meetings asks for, and how the statements of soql/queries/meetings take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from app.bookit.picklists import BookingMethod, MeetingStatus, booking_method_value, status_value
from soql.binding import BindValue, contains

DateField = Literal["start", "booked", "canceled"]
"""Which time of a meeting the range is about."""

_BIND_OF: dict[DateField, str] = {"start": "start", "booked": "booked", "canceled": "canceled"}
_FIELD_OF: dict[DateField, str] = {"start": "Start", "booked": "Booked_Date", "canceled": "Canceled_Date"}


def field_of(date_field: DateField) -> str:
    """The logical field that holds that time."""
    return _FIELD_OF[date_field]


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """Conditions that all hold. Ids are resolved already; None and () leave a condition out.

    first (included) and last (excluded) bound the time that date_field names; starting_from (included) bounds the
    start beside it. participant and prospect are text looked for anywhere in the names and addresses of people.
    """

    meeting_id: str | None = None
    salesforce_id: str | None = None
    date_field: DateField = "start"
    first: datetime | None = None
    last: datetime | None = None
    starting_from: datetime | None = None
    statuses: tuple[MeetingStatus, ...] = ()
    booking_methods: tuple[BookingMethod, ...] = ()
    meeting_type_id: str | None = None
    host_id: str | None = None
    pool_id: str | None = None
    mine_of: str | None = None
    participant_id: str | None = None
    participant: str | None = None
    prospect: str | None = None
    search_accounts: bool = field(default=True)
    """Whether prospect is looked for in the name of the meeting's account too, which not everybody may read."""

    def between(self, first: datetime, last: datetime) -> "MeetingFilter":
        """The same, for another range."""
        return replace(self, first=first, last=last)

    def binds(self) -> Mapping[str, BindValue]:
        """The binds of meetings/*.soql. Absent ones are left out."""
        found: dict[str, BindValue | None] = {
            "id": self.salesforce_id,
            "meeting_id": self.meeting_id,
            "start_from": self.starting_from,
            "statuses": [status_value(status) for status in self.statuses] or None,
            "booking_methods": [booking_method_value(method) for method in self.booking_methods] or None,
            "meeting_type": self.meeting_type_id,
            "host": self.host_id,
            "pool": self.pool_id,
            "mine": self.mine_of,
            "participant_user": self.participant_id,
            "participant": contains(self.participant) if self.participant else None,
            "prospect": contains(self.prospect) if self.prospect else None,
            "account": contains(self.prospect) if self.prospect and self.search_accounts else None,
        }
        name = _BIND_OF[self.date_field]
        lower = found.get(f"{name}_from")
        if self.first is not None and (not isinstance(lower, datetime) or self.first > lower):
            found[f"{name}_from"] = self.first
        found[f"{name}_before"] = self.last
        return {key: value for key, value in found.items() if value is not None}
