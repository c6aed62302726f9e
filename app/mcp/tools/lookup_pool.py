"""lookup_pool: what a pool is, how it hands out meetings, and who is in it. For admins alone."""

from typing import Annotated, Final

from pydantic import Field

from app.bookit.naming import not_found
from app.bookit.pools.reading import MAX_MEMBERS, Group, read_pools
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.named_pages import named_page
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.moment import moment
from app.mcp.views.pool import PoolsAnswer, PoolSearchedView, pool_view, pools_text
from app.org.caller import Scope


class LookupPoolArguments(Arguments):
    """What an admin may ask."""

    pool: Text | None = Field(
        None, description="One pool, by name or id; without it all pools, in the order of their names"
    )
    groups: OneOrMore[Annotated[Group, Snake]] | None = Field(
        None,
        description="identity: name, object type, description, distribution. configuration: weighting, "
        "auto-calibration, resets, products, credits, managers. membership: count, members, created, last modified. "
        "Without groups: identity, and how many members there are and are in rotation",
    )
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="Pools on a page")


async def lookup_pool(call: Call, arguments: LookupPoolArguments) -> Answer:
    """One call to Salesforce when the names are warm, however many pools and groups."""
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    page = await named_page(call, "pool", arguments.pool, given, cursor=arguments.cursor, limit=arguments.limit)
    groups = arguments.groups or ()
    pools = await read_pools(call.reader, page.ids, groups, counts=not groups, now=call.now)
    if arguments.pool is not None and not pools:
        raise not_found("pool", arguments.pool)  # deleted after the names were read
    zone = call.zone(None)
    structured = PoolsAnswer.model_construct(
        items=[pool_view(pool, zone) for pool in pools],
        total=page.total,
        has_more=page.next_cursor is not None,
        next_cursor=page.next_cursor,
        now=moment(call.now, zone),
        searched=PoolSearchedView(pool=page.one) if page.one is not None else PoolSearchedView(),
    )
    scope_text = f"Searched: {'all pools of the org' if page.one is None else f'pool {page.one}'}."
    lines = [pools_text(pools, page.total, scope_text)]
    if page.next_cursor is not None:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return Answer(structured, "\n".join(lines), rows=len(pools))


DESCRIPTION: Final = f"""\
Pools of reps who share meetings: what a pool is, how it hands out meetings, and who is in it. Without groups: whether \
it works, by how many of its members are in rotation.
Use this tool for a pool's settings, managers and members. Whose turn it is and why is view_counts; who has connected \
his calendar is lookup_user with the pool; free times are preview_availability.
Of a large pool the first members are shown ({MAX_MEMBERS} at most, fewer where several pools are asked for together), \
with a note.
Examples:
"Which pools do we have?" {{}}
"Who is in the SDR Pool?" {{"pool": "SDR Pool", "groups": ["membership"]}}
"Is Pool West - USA weighted, and when do its counts reset?" {{"pool": "Pool West - USA", "groups": \
["configuration"]}}"""

TOOL: Final = Tool(
    name="lookup_pool",
    title="Look up pools",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: Exposure(DESCRIPTION, LookupPoolArguments, PoolsAnswer)},
    handle=lookup_pool,
    statements={
        "": frozenset({"names/pools", "pools/identity", "pools/member_counts", "pools/rotation_counts"}),
        "groups": frozenset({"pools/configuration", "pools/membership"}),
    },
)
