"""Each statement of soql/queries/ as the server sends it: in every scope and form, with binds as a caller's would be.

Every case is bounded, by a period around NOW, an id or a small object, so it has the same answer in a demo org of any
size. Counts of all meetings without a period are left out: their answer grows with the org.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.bookit.routing.matching import websites_of
from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.setup import INBOUND_DEMO, POOL_WEST
from app.local_org.org import LocalOrg
from app.org.record_filters import StatementScope
from app.org.schema_map import load_schema_map
from app.org.statements import ME, CompiledStatement, Statements
from soql.binding import BindValue, bind, contains
from soql.printer import to_text
from soql.statements import load_statements

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""The instant that the orgs are made for, and that their clock shows."""

CALLERS: Mapping[StatementScope, str] = {
    StatementScope.ADMIN: "admin",
    StatementScope.USER: "rep1",
    StatementScope.ORG: "integration",
}
"""Who runs the statements of a scope: a handle of the demo's cast."""

RANGES = ("start", "booked", "canceled", "made", "period")
FIRST, LAST = NOW - timedelta(days=30), NOW + timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Case:
    """One statement with one set of binds. form: statement, scope and form; given: which optional binds it has."""

    form: str
    given: str
    scope: StatementScope
    soql: str
    tooling: bool


class UnknownBind(LookupError):
    """A statement has a bind that this file knows no value of: add one to Known."""


@dataclass(frozen=True, slots=True)
class Known:
    """Ids and names of a demo org, by bind; they are the same in an org of any size."""

    values: Mapping[str, BindValue]
    people: Mapping[str, str]

    @classmethod
    def of(cls, org: LocalOrg) -> Known:
        """Read from an org that holds the demo data."""
        session = org.as_system()

        def first(fields: str, rest: str) -> dict[str, Any]:
            return session.query(f"SELECT {fields} FROM {rest} LIMIT 1")["records"][0]  # noqa: S608 - our own text

        handles = set(CALLERS.values())
        people = {h: first("Id", f"User WHERE Username = '{h}@demo.example'")["Id"] for h in handles}
        rep = people[CALLERS[StatementScope.USER]]
        meeting = first(
            "Id, LeanData__Meeting_Id__c",
            f"{bookit('Meeting')} WHERE LeanData__Main_Host__c = '{rep}'"
            f" AND LeanData__Start__c > {NOW:%Y-%m-%dT%H:%M:%SZ} ORDER BY LeanData__Start__c, Id",
        )
        group = first("Id", "PermissionSetGroup")["Id"]
        kind = first("Id", f"{bookit('Meeting_Type')} WHERE LeanData__Display_Name__c = '{INBOUND_DEMO}'")["Id"]
        category = first("Id", f"{bookit('Meeting_Category')} WHERE Name = 'Demos'")["Id"]
        pool = first("Id", f"{bookit('Pool')} WHERE LeanData__Grouping_Name__c = '{POOL_WEST}'")["Id"]
        link = first("Id", f"{bookit('Link')} WHERE LeanData__Link_Id__c = 'rep1-intro'")["Id"]
        team = first("Id", f"{bookit('Team')} WHERE Name = 'West'")["Id"]
        event = first("Id", "Event")["Id"]
        # A small org may have none; any other id finds nothing then, in a large org as well.
        requests = session.query(f"SELECT Id FROM {bookit('Credit_Request')} ORDER BY Id LIMIT 1")["records"]  # noqa: S608
        credit_request = requests[0]["Id"] if requests else pool
        return cls(
            {
                "id": meeting["Id"],
                "meeting_id": meeting["LeanData__Meeting_Id__c"],
                **{f"{name}_from": FIRST for name in RANGES},
                **{f"{name}_before": LAST for name in RANGES},
                "start_until": LAST - timedelta(days=10),
                "statuses": ["Scheduled", "Rescheduled"],
                "booking_methods": ["Forms", "MCP"],
                "meeting_type": kind,
                "pool": pool,
                "pools": [pool],
                "members": 20,
                "managers": 10,
                "types": [kind],
                "now": NOW,
                "category": category,
                "kinds": ["Scheduled", "Credit", "Calibration", "Auto-Calibration"],
                "period_from": FIRST.date().replace(day=1),
                "period_before": LAST.date().replace(day=1),
                "made_until": NOW,
                "host": rep,
                "hosts": [rep],
                "periods": [f"{NOW:%Y-%m-%d}"],
                "key": "an operation",
                "users": [rep],
                "busy_from": FIRST,
                "busy_before": LAST,
                "first_day": FIRST.date(),
                "last_day": LAST.date(),
                "live": ["Scheduled", "Rescheduled"],
                "roles": ["Additional Host", "Attendee"],
                "link": link,
                "link_id": "rep1-intro",
                "from_link_id": "rep2",
                "expires_after": NOW,
                "team": team,
                "email": "wile.coyote@acmecorp.example",
                "websites": websites_of("acmecorp.example"),
                "event": event,
                "events": [event],
                "keys": [f"sched|{meeting['Id']}|1"],
                "meeting_ids": [meeting["LeanData__Meeting_Id__c"]],
                "touched_from": FIRST,
                "after": LAST,
                "booked_since": FIRST,
                "credit_request": credit_request,
                "team_members": [rep],
                "active": True,
                "forms_access": True,
                "links_access": True,
                "handoff_access": False,
                "other_statuses": ["Connected", "Expired"],
                "from_name": "M",
                "vacations": 50,
                "connections": 10,
                "links": 51,
                "mine": rep,
                "participant_user": rep,
                "participant": contains("riley"),
                "prospect": contains("acme"),
                "account": contains("acme"),
                "text": contains("in"),
                "user": rep,
                "groups": [group],
                "names": ["LeanData_Custom_Objects_Full_Access", "LeanData_Dashboard_Access"],
                "namespace": "LeanData",
                "limit": 26,
            },
            people,
        )

    def value(self, name: str) -> BindValue:
        if name not in self.values:
            raise UnknownBind(f"scripts/benchmarks/org_statements.py knows no value of the bind :{name}")
        return self.values[name]


def statements() -> Iterator[CompiledStatement]:
    """Every statement in every scope and form, as the server compiles them at start."""
    yield from Statements(load_statements(), load_schema_map()).every()


def cases(known: Known) -> Iterator[Case]:
    """Every statement with each of its optional binds in turn: with each period, where it has periods; grouped and
    descending forms with the periods and ids alone. Raises UnknownBind."""
    for statement in statements():
        needed = {name: known.value(name) for name, optional in statement.binds.items() if not optional}
        if statement.needs_me:
            needed[ME] = known.people[CALLERS[statement.scope]]
        for given in _choices(statement):
            binds = {**needed, **{name: known.value(name) for name in given}}
            text = to_text(bind(statement.select, binds))
            yield Case(_form(statement), _named(given), statement.scope, text, statement.tooling)


def _choices(statement: CompiledStatement) -> Iterator[tuple[str, ...]]:
    optional = [name for name, may_miss in statement.binds.items() if may_miss]
    ranges = [bounds for name in RANGES if set(bounds := (f"{name}_from", f"{name}_before")) <= set(optional)]
    if not ranges:
        if not {"id", "meeting_id"} <= set(optional):  # the one meeting that one of the two names
            yield ()
        yield from ((name,) for name in optional)
        return
    bounds = {name for pair in ranges for name in pair}
    for pair in ranges:
        yield pair
    plain = not statement.group_by and not statement.descending
    for name in optional:
        if name in ("id", "meeting_id"):
            yield (name,)
        elif plain and name not in bounds and name != "account":
            with_it = ("prospect", "account") if name == "prospect" else (name,)
            for pair in ranges:
                yield (*pair, *with_it)


def _form(statement: CompiledStatement) -> str:
    words = [statement.name, statement.scope.value]
    words += [f"by {group}" for group in statement.group_by]
    return " ".join([*words, "descending"] if statement.descending else words)


def _named(given: tuple[str, ...]) -> str:
    return ", ".join(name.removesuffix("_from") for name in given if not name.endswith("_before"))
