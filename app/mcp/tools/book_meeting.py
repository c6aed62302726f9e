"""book_meeting: books one start of an offer, with whoever's turn it is. Admin scope alone."""

from __future__ import annotations

from typing import Final

from app.mcp.acting import act
from app.mcp.booking import Book
from app.mcp.booking_arguments import BookAnswer, BookMeetingArguments
from app.mcp.call import Call
from app.mcp.interaction import Question
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.org.caller import Scope


async def book_meeting(call: Call, arguments: BookMeetingArguments) -> Answer | Question:
    """Four calls to Salesforce when it is done and all is warm, and what follows; three for a preview."""
    return await act(call, arguments, Book(call, arguments))


DESCRIPTION: Final = """\
Book a meeting: one start of an offer, with the host whose turn it is among those who are free. SMS reminders are \
always off.
Use this tool only when the person has asked for it, after preview_availability or route_prospect, whose offer_id it \
takes. The first call changes nothing: it shows with whom, when and who is told, and gives a confirm_token; ask the \
person, then call again with it. slot_taken has the next free starts. A retry needs the same arguments.
Example: preview_availability {"pool": "SDR Pool", "meeting_type": "Outbound Demo", "period": "friday"}, then \
{"offer_id": "…", "start": "2026-11-27T09:00:00-05:00", "prospect": {"email": "jordan.lee@acme.example", \
"first_name": "Jordan", "last_name": "Lee", "company": "Acme Corp"}}, then the same with the confirm_token."""

TOOL: Final = Tool(
    name="book_meeting",
    title="Book a meeting",
    annotations=Annotations(read_only=False, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, BookMeetingArguments, BookAnswer)},
    handle=book_meeting,
    statements={
        "": frozenset(
            {
                *(f"availability/{name}" for name in ("members", "people", "settings", "vacations", "connections")),
                *(f"availability/{name}" for name in ("holidays", "default_hours", "events", "hosted", "attended")),
                "meeting_types/detail",
                "meeting_types/form",
                "counts/pool",
                "counts/sums",
                "claims/last",
                "operations/by_key",
                "routing/contacts_by_email",
                "routing/leads_by_email",
                "actions/booked",
            }
        )
    },
)
