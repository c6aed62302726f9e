"""explain_assignment: why a meeting came to its host, from the note that was made of the choice. Admin scope alone."""

from typing import Final

from pydantic import Field

from app.bookit.counts.assignments import assignment_of
from app.mcp.arguments import Arguments, Text
from app.mcp.call import Call
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.assignment import AssignmentAnswer, assignment_answer, assignment_text
from app.mcp.views.moment import moment
from app.org.caller import Scope


class ExplainAssignmentArguments(Arguments):
    meeting_id: Text = Field(description="The meeting_id of query_meetings, or BookIt's own id")


async def explain_assignment(call: Call, arguments: ExplainAssignmentArguments) -> Answer:
    """One call to Salesforce."""
    assignment = await assignment_of(call.reader, arguments.meeting_id)
    zone = call.zone(None)
    answer = assignment_answer(assignment, moment(call.now, zone), zone)
    return Answer(answer, assignment_text(answer), rows=1)


DESCRIPTION: Final = """\
Why a meeting that was booked through a pool came to its host: the rule that decided, and everybody who could have had \
it, with counts, weight, level and turn as they stood then, who was skipped and for what reason, and whether a credit \
was consumed. It answers from a note made at booking: older meetings have none, and then it says so and does not guess.
Use this tool when a person asks why a rep got, or did not get, a certain meeting. Find its meeting_id by \
query_meetings. Whose turn it is now is view_counts'.
Example: "Why did Riley get the Acme demo?" {"meeting_id": "a0Bxx0000001234AAA"}"""

TOOL: Final = Tool(
    name="explain_assignment",
    title="Explain an assignment",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, ExplainAssignmentArguments, AssignmentAnswer)},
    handle=explain_assignment,
    statements={"": frozenset({"counts/assignment"})},
)
