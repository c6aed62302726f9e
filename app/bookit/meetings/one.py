"""One meeting that a caller names, by Salesforce's id of it or BookIt's own."""

from __future__ import annotations

from app.bookit.errors import BookItError, ErrorCode
from app.org.ids import as_record_id
from app.org.reader import Reader, Row


async def one_meeting(reader: Reader, statement: str, meeting_id: str) -> Row:
    """The row of a statement whose binds are `id` and `meeting_id`, as the reader's caller sees it. One call.

    Raises BookItError not_found, OrgError.
    """
    binds = {"id": as_record_id(meeting_id)}
    if binds["id"] != meeting_id:  # 18 characters with the right checksum are Salesforce's id, and nothing else
        binds["meeting_id"] = meeting_id
    given = {name: value for name, value in binds.items() if value is not None}
    rows = (await reader.fetch(statement, given)).rows
    if not rows:
        raise no_such_meeting()
    return rows[0]


def no_such_meeting() -> BookItError:
    """The refusal of an id, the same whether the meeting is hidden, missing, or not what else was asked for."""
    return BookItError(
        ErrorCode.NOT_FOUND,
        "There is no such meeting among those that you may see and that match.",
        "Look for it with query_meetings, by date and participant.",
    )
