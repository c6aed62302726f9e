"""lookup_meeting_type: what can be booked, when, with which form, and how it looks. Alike in both scopes."""

from typing import Annotated, Final

from pydantic import Field

from app.bookit.meeting_types.reading import Group, read_types
from app.bookit.naming import not_found
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.named_pages import named_page
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.meeting_type import MeetingTypesAnswer, TypeSearchedView, meeting_type_view, meeting_types_text
from app.org.caller import Scope


class LookupMeetingTypeArguments(Arguments):
    """What anybody may ask."""

    meeting_type: Text | None = Field(
        None, description="One type, by display name, internal name or id; without it all, in the order of their names"
    )
    groups: OneOrMore[Annotated[Group, Snake]] | None = Field(
        None,
        description="scheduling: duration, slots, buffers, notice, window, limits, working hours, category. form: "
        "fields, notifications, redirect, location, conferencing. presentation: display name, description, color, "
        "logo. Without groups: what it is, its duration, and whether it is active",
    )
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="Meeting types on a page")


async def lookup_meeting_type(call: Call, arguments: LookupMeetingTypeArguments) -> Answer:
    """One call to Salesforce when the names are warm, however many types and groups."""
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    page = await named_page(
        call, "meeting_type", arguments.meeting_type, given, cursor=arguments.cursor, limit=arguments.limit
    )
    found = await read_types(call.reader, page.ids, arguments.groups or ())
    if arguments.meeting_type is not None and not found:
        raise not_found("meeting type", arguments.meeting_type)  # deleted after the names were read
    structured = MeetingTypesAnswer.model_construct(
        items=[meeting_type_view(each) for each in found],
        total=page.total,
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor,
        searched=TypeSearchedView(meeting_type=page.one) if page.one is not None else TypeSearchedView(),
    )
    scope_text = f"Searched: {'all meeting types of the org' if page.one is None else f'meeting type {page.one}'}."
    lines = [meeting_types_text(found, page.total, scope_text)]
    if page.next_cursor is not None:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return Answer(structured, "\n".join(lines), rows=len(found))


DESCRIPTION: Final = """\
Meeting types, which say what can be booked: duration, slots, limits and working hours (scheduling), the form's fields \
and the notifications (form), and how it looks to a prospect (presentation). Any type of the org.
Use this tool for a type's settings. When it can be booked with whom is preview_availability; the links that lead to \
it are get_scheduling_links. Meeting types are edited in BookIt alone.
Examples:
"Which meeting types do we have?" {}
"How long is an Inbound Demo, and how many can a rep have a day?" {"meeting_type": "Inbound Demo", \
"groups": ["scheduling"]}
"What does the Outbound Demo form ask?" {"meeting_type": "Outbound Demo", "groups": ["form"]}"""

_EXPOSURE: Final = Exposure(DESCRIPTION, LookupMeetingTypeArguments, MeetingTypesAnswer)

TOOL: Final = Tool(
    name="lookup_meeting_type",
    title="Look up meeting types",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: _EXPOSURE, Scope.USER: _EXPOSURE},
    handle=lookup_meeting_type,
    statements={
        "": frozenset({"names/meeting_types", "meeting_types/identity"}),
        "groups": frozenset({"meeting_types/detail", "meeting_types/form", "meeting_types/presentation"}),
    },
)
