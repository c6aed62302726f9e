"""RFC 1123 dates of conditional requests. Salesforce compares them by the second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from app.local_org.errors import ApiError


def header_date(headers: Mapping[str, str], name: str) -> datetime | None:
    """The header's instant in UTC, None without the header. Raises ApiError 400 for a value that is no date."""
    text = headers.get(name.lower())
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError as error:
        raise ApiError(400, "INVALID_HTTP_HEADER", f"Invalid value for the {name} header: {text}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def http_date(moment: datetime) -> str:
    """`Mon, 23 Nov 2026 15:30:00 GMT`."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)
