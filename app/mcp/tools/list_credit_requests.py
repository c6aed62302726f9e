"""list_credit_requests: who asks for a credit for which meeting, and what was decided. Admin scope alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, Field

from app.bookit.credit_requests.search import CreditFilter, Position, search_credit_requests
from app.bookit.picklists import CreditStatus
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.credit_request import CreditRequestView, credit_request_view, credit_requests_text
from app.mcp.views.moment import Moment, moment
from app.mcp.views.next_cursor import NextCursor
from app.org.caller import Scope

_AHEAD: Final = timedelta(minutes=5)
"""How far Salesforce's clock may be ahead of ours: a request of this moment is listed all the same."""


class ListCreditRequestsArguments(Arguments):
    status: OneOrMore[Annotated[CreditStatus, Snake]] | None = Field(
        None, description="Any of these: pending (to be decided about), approved, denied. Without it all"
    )
    pool: Text | None = Field(None, description="By name or id")
    host: Text | None = Field(None, description="Whose credit: name, e-mail address, Salesforce user id, or me")
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="Items on a page")


class CreditsSearchedView(BaseModel):
    """What was looked for, names resolved. Only what was asked for is there."""

    status: list[str] | None = None
    pool: str | None = None
    host: str | None = None


class CreditRequestsAnswer(BaseModel):
    """Newest first."""

    items: list[CreditRequestView]
    total: int = Field(description="All that match, on this page or not")
    has_more: bool
    next_cursor: NextCursor
    now: Moment
    searched: CreditsSearchedView


async def list_credit_requests(call: Call, arguments: ListCreditRequestsArguments) -> Answer:
    """One call to Salesforce when names are warm."""
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    place = read_cursor(call, given, arguments.cursor) if arguments.cursor is not None else None
    statuses = tuple(dict.fromkeys(arguments.status or ()))
    pool = await call.find("pool", arguments.pool) if arguments.pool is not None else None
    host = await call.find("user", arguments.host) if arguments.host is not None else None
    until = datetime.fromisoformat(place["until"]) if place else call.now + _AHEAD
    page = await search_credit_requests(
        call.reader,
        CreditFilter(until, statuses, pool.id if pool else None, host.id if host else None),
        limit=arguments.limit,
        after=Position(datetime.fromisoformat(place["at"]), tuple(place["seen"])) if place else None,
    )
    cursor = None
    if page.next is not None:
        at = {"until": until.isoformat(), "at": page.next.at.isoformat(), "seen": list(page.next.seen)}
        cursor = make_cursor(call, given, at)
    said: dict[str, str | list[str]] = {}
    if statuses:
        said["status"] = list(statuses)
    if pool is not None:
        said["pool"] = pool.shown
    if host is not None:
        said["host"] = host.shown
    zone = call.zone(None)
    answer = CreditRequestsAnswer.model_construct(
        items=[credit_request_view(each, zone) for each in page.requests],
        total=page.total,
        has_more=cursor is not None,
        next_cursor=cursor,
        now=moment(call.now, zone),
        searched=CreditsSearchedView.model_validate(said),
    )
    return Answer(answer, _text(answer, said), rows=len(answer.items))


def _text(answer: CreditRequestsAnswer, said: dict[str, str | list[str]]) -> str:
    looked_for = ", ".join(
        f"{name} {' or '.join(value) if isinstance(value, list) else value}" for name, value in said.items()
    )
    if not answer.items:
        on_page = " on this page" if answer.total else ""
        return f"No credit requests{on_page}. Searched: {looked_for or 'all of the org'}."
    lines = [
        f"{len(answer.items)} of {answer.total} credit requests ({looked_for or 'all of the org'}), newest first.",
        credit_requests_text(answer.items),
    ]
    if answer.has_more:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return "\n".join(lines)


DESCRIPTION: Final = """\
List the credit requests of the org, newest first: whose credit, for which meeting and reason, who asked, and what was \
decided by whom. Filter by status, pool and host.
Use this tool for anything about credits that were asked for, and to find the credit_request_id that \
review_credit_request needs. What credits do to the counts of a pool is view_counts'.
Examples:
"Which credit requests are waiting for me?" {"status": "pending"}
"Which credits did Riley get in the SDR Pool?" {"status": "approved", "host": "Riley Carter", "pool": "SDR Pool"}"""

TOOL: Final = Tool(
    name="list_credit_requests",
    title="List credit requests",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, ListCreditRequestsArguments, CreditRequestsAnswer)},
    handle=list_credit_requests,
    statements={
        "": frozenset({"credits/search", "credits/count"}),
        "pool": frozenset({"names/pools"}),
        "host": frozenset({"names/users"}),
    },
)
