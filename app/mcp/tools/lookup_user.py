"""lookup_user: who a person is to BookIt. An admin looks up anybody, one by one or many; a user looks up himself."""

from collections.abc import Collection
from typing import Annotated, Any, Final, cast

from pydantic import Field

from app.bookit.name_order import Position
from app.bookit.naming import not_found
from app.bookit.picklists import CalendarStatus, Product
from app.bookit.users.filters import UserFilter
from app.bookit.users.records import Group
from app.bookit.users.search import Page, own, search
from app.mcp.arguments import Arguments, AskedCursor, OneOrMore, Snake, Text
from app.mcp.call import Call
from app.mcp.cursors import make_cursor, read_cursor
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.moment import moment
from app.mcp.views.user import user_view
from app.mcp.views.user_lists import UsersAnswer, UserSearchedView, users_text
from app.org.caller import Scope


class LookupUserArguments(Arguments):
    """What a user may ask about himself."""

    groups: OneOrMore[Annotated[Group, Snake]] | None = Field(
        None,
        description="Beyond identity and whether the calendar is connected. schedule: time zone, working hours, "
        "vacations, pause. integrations: calendar, conferencing providers, product access. links: the booking links "
        "that the person owns. identity is always there",
    )


class AdminLookupUserArguments(LookupUserArguments):
    """What an admin may ask."""

    user: Text | None = Field(None, description="One person: name, e-mail address, Salesforce user id, or me")
    pool: Text | None = Field(None, description="The members of a pool, by name or id; paused and inactive ones too")
    calendar_status: OneOrMore[Annotated[CalendarStatus, Snake]] | None = Field(
        None,
        description="Any of these. not_connected: never connected, or not set up in BookIt at all; expired: was "
        "connected, must be authorized again. Who cannot be booked for his calendar is both",
    )
    product_access: OneOrMore[Annotated[Product, Snake]] | None = Field(
        None, description="Access to all of these BookIt products"
    )
    cursor: AskedCursor = None
    limit: int = Field(25, ge=1, le=100, description="People on a page")


async def lookup_user(call: Call, arguments: LookupUserArguments) -> Answer:
    """One call to Salesforce when names are warm: the page and the count of all in one composite."""
    groups = frozenset(arguments.groups or ())
    if not isinstance(arguments, AdminLookupUserArguments):
        page = await own(call.reader, groups)
        if not page.users:
            raise not_found("person", "me")
        return _answer(call, page, groups, UserSearchedView(user="me"), None)
    given = arguments.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    place = read_cursor(call, given, arguments.cursor) if arguments.cursor is not None else None
    after = Position(place["text"], tuple(place["seen"])) if place else None
    wanted, searched = await _resolve(call, arguments)
    page = await search(call.reader, wanted, groups, limit=arguments.limit, after=after)
    if arguments.user is not None and not page.total and set(searched.model_fields_set) == {"user"}:
        raise not_found("person", arguments.user)
    cursor = None
    if page.next is not None:
        cursor = make_cursor(call, given, {"text": page.next.text, "seen": list(page.next.seen)})
    return _answer(call, page, groups, searched, cursor)


async def _resolve(call: Call, arguments: AdminLookupUserArguments) -> tuple[UserFilter, UserSearchedView]:
    """Names to records. Raises BookItError, OrgError."""
    found: dict[str, Any] = {}
    said: dict[str, Any] = {}
    if arguments.user is not None:
        user = await call.find("user", arguments.user)
        found["user_id"], said["user"] = user.id, user.shown
    if arguments.pool is not None:
        pool = await call.find("pool", arguments.pool)
        found["pool_id"], said["pool"] = pool.id, pool.shown
    if arguments.calendar_status:
        found["statuses"] = tuple(dict.fromkeys(arguments.calendar_status))
        said["calendar_status"] = list(found["statuses"])
    if arguments.product_access:
        found["products"] = tuple(dict.fromkeys(arguments.product_access))
        said["product_access"] = list(found["products"])
    return UserFilter(**found), UserSearchedView(**said)


def _answer(
    call: Call, page: Page, groups: Collection[Group], searched: UserSearchedView, cursor: str | None
) -> Answer:
    items = [user_view(user, groups, page.default_hours, call.now) for user in page.users]
    structured = UsersAnswer.model_construct(
        items=items,
        total=page.total,
        has_more=cursor is not None,
        next_cursor=cursor,
        now=moment(call.now, call.zone(None)),
        searched=searched,
    )
    said: dict[str, Any] = searched.model_dump(exclude_unset=True)
    shown = [
        f"{name} {', '.join(cast('list[str]', value)) if isinstance(value, list) else value}"
        for name, value in said.items()
    ]
    if not {"user", "pool"} & said.keys():
        shown.insert(0, "active users who are set up in BookIt")
    text = users_text(items, page.total, cursor is not None, f"Searched: {'; '.join(shown)}.")
    return Answer(structured, text, rows=len(items))


USER_DESCRIPTION: Final = """\
What BookIt knows of the caller: name, e-mail, phone, picture, whether the calendar is connected, and by groups the \
schedule (time zone, working hours, vacations, pause), integrations (conferencing, product access) and own links.
Use this tool when a question is about the caller's own set-up. Nobody else can be looked up.
Examples:
"Is my calendar connected?" {}
"What are my working hours, and when am I on vacation?" {"groups": ["schedule"]}
"Which video conferencing do I use?" {"groups": ["integrations"]}"""

ADMIN_DESCRIPTION: Final = """\
Look up people: anybody by name, the members of a pool, or everybody who is set up in BookIt (active users, by name). \
Each with identity and whether the calendar is connected, and by groups the schedule (time zone, working hours, \
vacations, pause), integrations (calendar, conferencing, product access) and links.
Use this tool for how people are set up and whose calendar is in the way. expired is a status of its own: whoever asks \
who "is not connected" may want ["not_connected", "expired"]. Free times are preview_availability; a pool's rules are \
lookup_pool.
Examples:
"Which reps in the Pool West - USA have not connected their calendars?" {"pool": "Pool West - USA", \
"calendar_status": ["not_connected"]}
"Who has to authorize his calendar again?" {"calendar_status": ["expired"]}
"What are Riley Carter's working hours?" {"user": "Riley Carter", "groups": ["schedule"]}
"Who may use Handoff?" {"product_access": ["handoff"]}
"Is my calendar connected?" {"user": "me"}"""

TOOL: Final = Tool(
    name="lookup_user",
    title="Look up people",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={
        Scope.ADMIN: Exposure(ADMIN_DESCRIPTION, AdminLookupUserArguments, UsersAnswer),
        Scope.USER: Exposure(USER_DESCRIPTION, LookupUserArguments, UsersAnswer),
    },
    handle=lookup_user,
    statements={
        "": frozenset({"users/lookup", "users/count", "users/own"}),
        "groups": frozenset(
            {"users/lookup_detail", "users/lookup_without_detail", "users/own_detail", "users/default_hours"}
        ),
        "calendar_status": frozenset({"users/lookup_without", "users/count_without"}),
        "user": frozenset({"names/users"}),
        "pool": frozenset({"names/pools"}),
    },
)
