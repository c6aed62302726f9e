"""Random statements on what belongs to somebody, and what a plain reading of the rows says that they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from hypothesis import strategies as st

from app.org.caller import Scope
from tests.org.filter_world import FilterWorld, Plain

Sees = Callable[[FilterWorld, str, Plain], bool]


def _own_meetings(world: FilterWorld, me: str) -> set[str]:
    return {row["Meeting"] for row in world.rows["Attendee"] if row["User"] == me}


SEES: Final[Mapping[str, Sees]] = {
    "Meeting": lambda world, me, row: row["Id"] in _own_meetings(world, me),
    "Meeting_Activity": lambda world, me, row: row["Meeting"] in _own_meetings(world, me),
    "User": lambda _, me, row: row["Id"] == me,
    "User_Setting": lambda _, me, row: row["User"] == me,
    "Vacation": lambda _, me, row: row["User"] == me,
    "Conference_Connection": lambda _, me, row: row["User"] == me,
    "Link": lambda _, me, row: row["Owner"] == me,
    "Link_Meeting_Type": lambda world, me, row: world.by_id("Link")[row["Link"]]["Owner"] == me,
    "Credit_Request": lambda _, me, row: row["Host"] == me,
}
"""Which rows a rep may see of each object whose rows belong to somebody."""

OPEN: Final = ("Meeting_Type", "Meeting_Category", "Working_Hours", "BookIt_Holiday")
"""Objects of which everybody sees every row."""

PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "Meeting": (
        "Id", "Meeting_Id", "Status", "Start", "Main_Host", "Meeting_Type", "Booking_Method", "Main_Host.Name",
        "Original_Host.Email", "Meeting_Type.Display_Name", "Meeting_Type.Id",
    ),
    "Meeting_Activity": ("Id", "Meeting", "Kind", "Channel"),
    "Attendee": ("Id", "Role", "User", "Email", "User.Name"),
    "User": ("Id", "Name", "Email", "IsActive"),
    "User_Setting": (
        "Id", "User", "Access_Level", "Calendar_Status", "Is_Paused", "Paused_Until", "User.Email",
        "Working_Hours.Name", "Working_Hours.Use_User_Timezone",
    ),
    "Vacation": ("Id", "User", "Start", "End"),
    "Conference_Connection": ("Id", "User", "Provider", "Status", "Link", "Is_Default"),
    "Link": (
        "Id", "Link_Id", "Kind", "Owner", "Main_Host", "Team", "Parent_Link", "Expires", "Is_Active",
        "Owner.Name", "Main_Host.Email", "Team.Name", "Parent_Link.Link_Id", "Parent_Link.Is_Active",
    ),
    "Link_Meeting_Type": (
        "Id", "Link", "Meeting_Type", "Meeting_Type.Internal_Name", "Link.Link_Id", "Link.Kind", "Link.Is_Active",
    ),
    "Credit_Request": (
        "Id", "Meeting", "Host", "Reason", "Status", "Is_Automatic", "Decided_Date", "Open_Key", "Requested_By",
        "Host.Name", "Requested_By.Email", "Decided_By.Name",
    ),
    "Meeting_Type": ("Id", "Internal_Name", "Display_Name", "Product", "Is_Active", "Meeting_Category.Name"),
    "Meeting_Category": ("Id", "Name"),
    "Working_Hours": ("Id", "Name", "Timezone", "Is_Default"),
    "BookIt_Holiday": ("Id", "Name", "Date"),
}  # fmt: skip
"""What both scopes may name of each object, its parents' fields among it."""

PICKLISTS: Final = frozenset(
    {
        "Status", "Booking_Method", "Kind", "Link.Kind", "Channel", "Role", "Access_Level", "Calendar_Status",
        "Provider", "Reason", "Product",
    }
)  # fmt: skip
"""They sort by their values' places in the list, which is tested with the engine."""

PARENTS: Final[Mapping[str, str]] = {
    "Main_Host": "User", "Original_Host": "User", "User": "User", "Owner": "User", "Host": "User",
    "Requested_By": "User", "Decided_By": "User", "Meeting_Type": "Meeting_Type", "Working_Hours": "Working_Hours",
    "Team": "Team", "Parent_Link": "Link", "Link": "Link", "Meeting_Category": "Meeting_Category",
}  # fmt: skip

CHILDREN: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "User": {
        "Settings": ("User_Setting", "User"),
        "Vacations": ("Vacation", "User"),
        "Conference_Connections": ("Conference_Connection", "User"),
        "Links": ("Link", "Owner"),
    },
    "Link": {"Meeting_Types": ("Link_Meeting_Type", "Link")},
    "Meeting": {"Attendees": ("Attendee", "Meeting"), "Activities": ("Meeting_Activity", "Meeting")},
}
"""Object → child relationship → the child's object and its lookup."""

JOINS: Final[Mapping[str, tuple[str, str, str]]] = {
    "Link": ("Link_Meeting_Type", "Link", "Meeting_Type"),
    "Meeting": ("Attendee", "Meeting", "Role"),
}
"""Object → where a semi-join on its Id looks: object, the lookup that it selects, the field that it compares."""

Test = Callable[[FilterWorld, Plain], bool]


@dataclass(frozen=True, slots=True)
class Where:
    """A condition as SOQL, and as Python."""

    text: str
    holds: Test


@dataclass(frozen=True, slots=True)
class Part:
    """One SELECT. order: path and whether it descends, the Id comes last of all."""

    object_name: str
    paths: tuple[str, ...]
    where: Where | None
    order: tuple[tuple[str, bool], ...]
    limit: int | None

    def rest(self) -> str:
        """All behind FROM."""
        where = f" WHERE {self.where.text}" if self.where else ""
        keys = [f"{path} {'DESC NULLS LAST' if down else 'ASC NULLS FIRST'}" for path, down in self.order]
        return f"{where} ORDER BY {', '.join([*keys, 'Id'])}" + (f" LIMIT {self.limit}" if self.limit else "")

    def read(self, world: FilterWorld, rows: Sequence[Plain]) -> list[Plain]:
        """Which of these rows, in which order."""
        kept = sorted((row for row in rows if self.where is None or self.where.holds(world, row)), key=_id)
        for path, down in reversed(self.order):
            kept.sort(key=lambda row, path=path: _sortable(at(world, row, path)), reverse=down)
        return kept[: self.limit]

    def shown(self, world: FilterWorld, row: Plain) -> dict[str, Any]:
        """The row as a reader answers it, parents nested."""
        found: dict[str, Any] = {}
        for path in self.paths:
            parent, _, name = path.rpartition(".")
            if not parent:
                # A lookup beside a field of its parent stands under the parent's name.
                found.setdefault(path, row.get(path))
            elif row.get(parent) is None:
                found[parent] = None
            else:
                inner = found.get(parent)
                found[parent] = (inner if isinstance(inner, dict) else {}) | {name: at(world, row, path)}
        return found


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its child subqueries by relationship."""

    part: Part
    children: Mapping[str, Part]

    def text(self) -> str:
        inner = [f"(SELECT {', '.join(part.paths)} FROM {name}{part.rest()})" for name, part in self.children.items()]
        listed = ", ".join([*self.part.paths, *inner])
        return f"-- Random.\n-- scopes: admin, user\nSELECT {listed} FROM {self.part.object_name}{self.part.rest()}"

    def answer(self, world: FilterWorld, me: str, scope: Scope) -> list[dict[str, Any]]:
        """What a caller must get."""
        every = world.rows[self.part.object_name]
        found: list[dict[str, Any]] = []
        for row in self.part.read(world, [each for each in every if visible(world, me, scope, self.part, each)]):
            shown = self.part.shown(world, row)
            for name, part in self.children.items():
                child, lookup = CHILDREN[self.part.object_name][name]
                own = [each for each in world.rows[child] if each[lookup] == row["Id"]]
                shown[name] = tuple(part.shown(world, each) for each in part.read(world, own))
            found.append(shown)
        return found


def visible(world: FilterWorld, me: str, scope: Scope, part: Part, row: Plain) -> bool:
    return scope is Scope.ADMIN or part.object_name in OPEN or SEES[part.object_name](world, me, row)


def at(world: FilterWorld, row: Plain, path: str) -> Any:
    """The value at a path, None where the parent is missing."""
    parent, _, name = path.rpartition(".")
    if not parent:
        return row.get(path)
    found = world.by_id(PARENTS[parent]).get(row.get(parent) or "")
    return found.get(name) if found is not None else None


@st.composite
def statements(draw: st.DrawFn, world: FilterWorld, object_name: str) -> Statement:
    part = draw(parts(world, object_name))
    names = draw(st.lists(st.sampled_from(sorted(CHILDREN.get(object_name, {"": ("", "")}))), unique=True, max_size=3))
    children = {name: draw(parts(world, CHILDREN[object_name][name][0], joins=False)) for name in names if name}
    return Statement(part, children)


@st.composite
def parts(draw: st.DrawFn, world: FilterWorld, object_name: str, *, joins: bool = True) -> Part:
    paths = PATHS[object_name]
    chosen = draw(st.lists(st.sampled_from(paths), min_size=1, max_size=5, unique=True))
    if object_name != "Attendee" and draw(st.booleans()) and "Id" not in chosen:
        chosen.append("Id")
    # A lookup and its parent's fields in one row would share a name.
    parents = {path.partition(".")[0] for path in chosen if "." in path}
    where = draw(st.one_of(st.none(), wheres(world, object_name)))
    if joins and object_name in JOINS and draw(st.booleans()):
        joined = draw(_semi_join(world, object_name))
        where = joined if where is None else _both(joined, where)
    keys = [path for path in paths if path not in PICKLISTS]
    order = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    return Part(
        object_name,
        tuple(path for path in chosen if path not in parents) or ("Id",),
        where,
        tuple((path, draw(st.booleans())) for path in order if path != "Id"),
        draw(st.sampled_from((None, None, 1, 3))),
    )


@st.composite
def wheres(draw: st.DrawFn, world: FilterWorld, object_name: str, depth: int = 2) -> Where:
    """Conditions that try to open what is closed: OR and NOT at the top, other people's ids and names."""
    word = draw(st.sampled_from(("", "AND", "OR", "NOT"))) if depth else ""
    if not word:
        return draw(_comparison(world, object_name))
    first = draw(wheres(world, object_name, depth - 1))
    if word == "NOT":
        return Where(f"(NOT {first.text})", lambda world, row: not first.holds(world, row))
    return _joined(first, draw(wheres(world, object_name, depth - 1)), word)


@st.composite
def _comparison(draw: st.DrawFn, world: FilterWorld, object_name: str) -> Where:
    path = draw(st.sampled_from(PATHS[object_name]))
    values = [at(world, row, path) for row in world.rows[object_name]]
    value = draw(st.sampled_from(values))
    operator = draw(st.sampled_from(("=", "!=", "IN", "<", ">=")))
    if operator in ("<", ">=") and not isinstance(value, date):  # a datetime is a date
        operator = "="
    if operator == "IN" and value is not None:
        several = [each for each in draw(st.lists(st.sampled_from(values), max_size=3)) if each is not None]
        listed = [value, *several]
        text = ", ".join(literal(each) for each in listed)
        return Where(f"{path} IN ({text})", lambda world, row: at(world, row, path) in listed)
    if operator == "IN":
        operator = "="

    def holds(world: FilterWorld, row: Plain) -> bool:
        found = at(world, row, path)
        match operator:
            case "=":
                return found == value
            case "!=":
                return found != value
            case "<":
                return found is not None and found < value
            case _:
                return found is not None and found >= value

    return Where(f"{path} {operator} {literal(value)}", holds)


@st.composite
def _semi_join(draw: st.DrawFn, world: FilterWorld, object_name: str) -> Where:
    inner, lookup, compared = JOINS[object_name]
    value = draw(st.sampled_from([row[compared] for row in world.rows[inner]]))

    def holds(world: FilterWorld, row: Plain) -> bool:
        return any(each[lookup] == row["Id"] and each[compared] == value for each in world.rows[inner])

    return Where(f"Id IN (SELECT {lookup} FROM {inner} WHERE {compared} = {literal(value)})", holds)


def _joined(one: Where, other: Where, word: str) -> Where:
    def holds(world: FilterWorld, row: Plain) -> bool:
        both = (one.holds(world, row), other.holds(world, row))
        return all(both) if word == "AND" else any(both)

    return Where(f"({one.text} {word} {other.text})", holds)


def _both(one: Where, other: Where) -> Where:
    """Without parentheses: a semi-join stands at the top level alone."""
    return Where(f"{one.text} AND {other.text}", lambda world, row: one.holds(world, row) and other.holds(world, row))


def literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case _:
            return f"'{value}'"


def _id(row: Plain) -> str:
    return row["Id"]


def _sortable(value: Any) -> tuple[bool, Any]:
    """Nulls are the smallest."""
    return (value is not None, value if value is not None else 0)
