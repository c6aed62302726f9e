"""get_scheduling_links: booking links. An admin gets any link of the org, a user those that he owns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, cast

from pydantic import Field

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.links.search import LinkFilter, search
from app.bookit.name_order import Position
from app.bookit.picklists import LinkKind
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.link import (
    AdminLinksAnswer,
    AdminLinksSearchedView,
    LinksAnswer,
    LinksSearchedView,
    link_view,
    links_text,
)
from app.mcp.views.moment import moment
from app.org.caller import Scope
from app.org.ids import as_record_id


class GetSchedulingLinksArguments(Arguments):
    """What a user may ask."""

    link_id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        None, description="One link, by its link_id or its whole URL, whether it still works or not"
    )
    meeting_type: Text | None = Field(
        None, description="Links that offer this meeting type, by display name, internal name or id"
    )
    kind: OneOrMore[Annotated[LinkKind, Snake]] | None = Field(None, description="Any of these")
    include_inactive: bool | None = Field(
        None, description="true: also links that are switched off or have expired; else they are left out"
    )
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="Links on a page")


class AdminGetSchedulingLinksArguments(GetSchedulingLinksArguments):
    """What an admin may ask."""

    user: Text | None = Field(
        None,
        description="Whose links (owner or main host): name, e-mail address, Salesforce user id; me: My Links",
    )
    team: Text | None = Field(None, description="A team's links and those of its members, by the team's name or id")
    pool: Text | None = Field(None, description="Links that book this pool, by name or id")


async def get_scheduling_links(call: Call, arguments: GetSchedulingLinksArguments) -> Answer:
    """One call to Salesforce when names are warm: the page and the count of all in one composite."""
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    place = read_cursor(call, given, arguments.cursor) if arguments.cursor is not None else None
    # A page goes on at the time of the first one: what expires between two pages is in the list, and in its total.
    asked_at = datetime.fromisoformat(place["now"]) if place else call.now
    wanted, searched = await _resolve(call, arguments, asked_at)
    after = Position(place["text"], tuple(place["seen"])) if place else None
    page = await search(call.reader, call.caller.scope, wanted, limit=arguments.limit, after=after)
    if arguments.link_id is not None and not page.total:
        raise BookItError(
            ErrorCode.NOT_FOUND,
            "There is no such booking link among those that you may see and that match.",
            "Leave link_id out to list the links, or look for them by meeting type.",
        )
    zone = call.zone(None)
    items = [link_view(link, call.caller.scope, call.now, zone) for link in page.links]
    cursor = None
    if page.next is not None:
        next_place = {"now": asked_at.isoformat(), "text": page.next.text, "seen": list(page.next.seen)}
        cursor = make_cursor(call, given, next_place)
    answer = AdminLinksAnswer if call.caller.scope is Scope.ADMIN else LinksAnswer
    structured = answer.model_construct(
        items=items,
        total=page.total,
        has_more=cursor is not None,
        next_cursor=cursor,
        now=moment(call.now, zone),
        searched=searched,
    )
    text = links_text(items, page.total, cursor is not None, _scope_text(call, searched))
    return Answer(structured, text, rows=len(items))


async def _resolve(
    call: Call, arguments: GetSchedulingLinksArguments, now: datetime
) -> tuple[LinkFilter, LinksSearchedView]:
    """Names to records. Raises BookItError, OrgError."""
    found: dict[str, Any] = {"now": now, "include_inactive": bool(arguments.include_inactive)}
    said: dict[str, Any] = {}
    admin = arguments if isinstance(arguments, AdminGetSchedulingLinksArguments) else None
    if admin is not None:
        ids, names = await _whose(call, admin)
        found |= ids
        said |= names
    if arguments.link_id is not None:
        # By id alone, never by likeness: link ids of two people may differ in one letter.
        found["link_id"] = said["link_id"] = arguments.link_id
        found["salesforce_id"] = as_record_id(arguments.link_id)
        found["include_inactive"] = True
    if arguments.meeting_type is not None:
        meeting_type = await call.find("meeting_type", arguments.meeting_type)
        found["meeting_type_id"], said["meeting_type"] = meeting_type.id, meeting_type.shown
    if arguments.kind:
        found["kinds"] = tuple(dict.fromkeys(arguments.kind))
        said["kind"] = list(found["kinds"])
    if arguments.include_inactive:
        said["include_inactive"] = True
    searched = LinksSearchedView if admin is None else AdminLinksSearchedView
    return LinkFilter(**found), searched(**said)


async def _whose(call: Call, admin: AdminGetSchedulingLinksArguments) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The ids of person, team and pool for the filter, and their names."""
    found: dict[str, Any] = {}
    said: dict[str, Any] = {}
    if admin.user is not None:
        user = await call.find("user", admin.user)
        found["user_id"], said["user"] = user.id, user.shown
    if admin.team is not None:
        team = await call.find("team", admin.team)
        found["team_id"], said["team"] = team.id, team.shown
        found["team_members"] = await call.services.team_members.of(team.id, caller=call.caller, reader=call.reader)
    if admin.pool is not None:
        pool = await call.find("pool", admin.pool)
        found["pool_id"], said["pool"] = pool.id, pool.shown
    return found, said


def _scope_text(call: Call, searched: LinksSearchedView) -> str:
    """For the prose: what was searched. The caller's own text is left out, it stands in `searched`."""
    said: dict[str, Any] = searched.model_dump(exclude_unset=True)
    shown = ["any link of the org" if call.caller.scope is Scope.ADMIN else "your own links"]
    if said.pop("link_id", None) is not None:
        shown.append("link_id as given")
    elif not said.pop("include_inactive", False):
        shown.append("active ones")
    shown += [
        f"{name} {', '.join(cast('list[str]', value)) if isinstance(value, list) else value}"
        for name, value in said.items()
    ]
    return f"Searched: {'; '.join(shown)}."


USER_DESCRIPTION: Final = """\
The caller's own booking links (My Links), with the URL to share and the meeting types that each offers.
Use this tool whenever the caller wants a link to send, or asks which links there are. Only active links, unless \
include_inactive is true.
Examples:
"Give me my booking link for the 30-minute intro meeting." {"meeting_type": "30-minute intro"}
"Which links do I have?" {}
"My single-use links, the used ones too" {"kind": ["single_use"], "include_inactive": true}"""

ADMIN_DESCRIPTION: Final = """\
Booking links of the whole org: by person, team, pool, meeting type or kind, with the URL to share and the meeting \
types that each offers. user: me is My Links.
Use this tool whenever somebody wants a link to send, or asks which links there are. Only active links, unless \
include_inactive is true. The links of a team are its own and those of its members.
Examples:
"Give me my booking link for the 30-minute intro meeting." {"user": "me", "meeting_type": "30-minute intro"}
"Which links does the West team have?" {"team": "West"}
"The link of the SDR Pool" {"pool": "SDR Pool"}
"All links for the Inbound Demo, expired ones too" {"meeting_type": "Inbound Demo", "include_inactive": true}"""

TOOL: Final = Tool(
    name="get_scheduling_links",
    title="Get booking links",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={
        Scope.ADMIN: Exposure(ADMIN_DESCRIPTION, AdminGetSchedulingLinksArguments, AdminLinksAnswer),
        Scope.USER: Exposure(USER_DESCRIPTION, GetSchedulingLinksArguments, LinksAnswer),
    },
    handle=get_scheduling_links,
    statements={
        "": frozenset({"links/search", "links/search_own", "links/count", "links/count_own"}),
        "user": frozenset({"names/users"}),
        "team": frozenset({"names/teams", "links/team_members"}),
        "pool": frozenset({"names/pools"}),
        "meeting_type": frozenset({"names/meeting_types"}),
    },
)
