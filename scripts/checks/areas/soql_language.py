"""SOQL that an org runs: what each part of the language answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scripts.checks.areas.query_bodies import meeting_type, pool
from scripts.checks.areas.soql_refusals import refused
from scripts.checks.findings import ID, AtLeast, Finding, OneOf
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import ROOT
from scripts.checks.visit import Visit

AREA = Area("SOQL")

_REFERENCE = "SOQL and SOSL Reference"


@AREA.check(
    "language.typeof",
    "TYPEOF gives a polymorphic parent the fields of its type, under that type's attributes; without a branch it is "
    "null",
    source=f"{_REFERENCE}, TYPEOF; the attributes are background knowledge",
    sure=Sure.DOC,
)
def typeof(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    lead = visit.make("Lead", LastName=name, Company="x")
    event = visit.make(
        "Event", Subject=visit.name(), StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=30, WhoId=lead
    )
    asked = f"SELECT TYPEOF Who WHEN Lead THEN LastName, Company END FROM Event WHERE Id = '{event}'"
    who = visit.rows(asked)[0]["Who"]
    attributes = {"type": "Lead", "url": f"{ROOT}/sobjects/Lead/{lead}"}
    yield Finding("a lead", {"attributes": attributes, "LastName": name, "Company": "x"}, who)
    asked = f"SELECT TYPEOF Who WHEN Contact THEN LastName END FROM Event WHERE Id = '{event}'"
    yield Finding("no branch", OneOf((None, AtLeast({"attributes": AtLeast({})}))), visit.rows(asked)[0]["Who"])


def _three_accounts(visit: Visit) -> str:
    name = visit.name()
    for phone, site in (("1", "https://a.example"), ("1", "https://b.example"), ("2", "https://a.example")):
        visit.account(Name=name, Phone=phone, Website=site)
    return name


def _values(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "attributes")


@AREA.check(
    "language.rollup",
    "GROUP BY ROLLUP adds subtotals and a total, whose rolled-up fields are null and GROUPING() is 1",
    source=f"{_REFERENCE}, GROUP BY ROLLUP",
    sure=Sure.DOC,
)
def rollup(visit: Visit) -> Iterator[Finding]:
    name = _three_accounts(visit)
    asked = (
        f"SELECT Phone, Website, GROUPING(Website) g, COUNT(Id) n FROM Account WHERE Name = '{name}' "
        "GROUP BY ROLLUP(Phone, Website)"
    )
    rows = sorted((_values(row) for row in visit.rows(asked)), key=str)
    expected = [
        ("1", "https://a.example", 0, 1),
        ("1", "https://b.example", 0, 1),
        ("1", None, 1, 2),
        ("2", "https://a.example", 0, 1),
        ("2", None, 1, 1),
        (None, None, 1, 3),
    ]
    yield Finding("rows", sorted(expected, key=str), rows)


@AREA.check(
    "language.cube",
    "GROUP BY CUBE has a subtotal for every combination",
    source=f"{_REFERENCE}, GROUP BY CUBE",
    sure=Sure.DOC,
)
def cube(visit: Visit) -> Iterator[Finding]:
    name = _three_accounts(visit)
    asked = f"SELECT Phone, Website, COUNT(Id) n FROM Account WHERE Name = '{name}' GROUP BY CUBE(Phone, Website)"
    rows = {_values(row) for row in visit.rows(asked)}
    subtotals = {(None, "https://a.example", 2), (None, "https://b.example", 1), ("1", None, 2), ("2", None, 1)}
    yield Finding("number", 8, len(rows))
    yield Finding("subtotals", [], sorted(subtotals - rows, key=str))


@AREA.check(
    "language.having",
    "HAVING keeps groups by their aggregates, and groups are ordered by aggregates or an alias",
    source=f"{_REFERENCE}, HAVING",
    sure=Sure.DOC,
)
def having(visit: Visit) -> Iterator[Finding]:
    name = _three_accounts(visit)
    asked = f"SELECT Phone, COUNT(Id) n FROM Account WHERE Name = '{name}' GROUP BY Phone"
    yield Finding("having", [("1", 2)], [_values(row) for row in visit.rows(f"{asked} HAVING COUNT(Id) > 1")])
    ordered = [_values(row) for row in visit.rows(f"{asked} ORDER BY COUNT(Id) DESC")]
    yield Finding("ordered", [("1", 2), ("2", 1)], ordered)


@AREA.check(
    "language.fields",
    "FIELDS(ALL) and FIELDS(CUSTOM) need a LIMIT of at most 200; FIELDS(STANDARD) does not",
    source=f"{_REFERENCE}, FIELDS()",
    sure=Sure.DOC,
)
def fields(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    every = visit.query(f"SELECT FIELDS(ALL) FROM Account WHERE Id = '{record_id}' LIMIT 200")
    yield Finding("all", (200, record_id), (every.status, every.body["records"][0]["Id"]))
    standard = visit.rows(f"SELECT FIELDS(STANDARD) FROM Account WHERE Id = '{record_id}'")[0]
    yield Finding("standard", (record_id, False), (standard["Id"], any(name.endswith("__c") for name in standard)))
    for asked in ("SELECT FIELDS(ALL) FROM Account", "SELECT FIELDS(ALL) FROM Account LIMIT 201"):
        yield Finding(asked, 400, visit.query(asked).status)


@AREA.check(
    "language.to_label",
    "toLabel() gives the label of a picklist value, under the field's name or an alias, and compares with it",
    source=f"{_REFERENCE}, toLabel()",
    sure=Sure.DOC,
)
def to_label(visit: Visit) -> Iterator[Finding]:
    event = visit.make(
        "Event",
        Subject=visit.name(),
        StartDateTime="2031-05-06T07:00:00Z",
        DurationInMinutes=30,
        ShowAs="OutOfOffice",
    )
    asked = f"SELECT ShowAs, toLabel(ShowAs) shown FROM Event WHERE Id = '{event}'"
    row = visit.rows(asked)[0]
    yield Finding("value and label", ("OutOfOffice", "Out of Office"), (row["ShowAs"], row["shown"]))
    found = visit.rows(f"SELECT Id FROM Event WHERE Id = '{event}' AND toLabel(ShowAs) = 'Out of Office'")
    yield Finding("filtered", 1, len(found))


@AREA.check(
    "language.includes",
    "INCLUDES finds any of its sets, a set with `;` all of its values; EXCLUDES holds for null too",
    source=f"{_REFERENCE}, Querying Multi-Select Picklists; null is background knowledge",
    sure=Sure.DOC,
    needs=(Need.BOOKIT,),
)
def includes(visit: Visit) -> Iterator[Finding]:
    both = pool(visit, LeanData__Product_Access__c="Forms;Links")
    one = pool(visit, LeanData__Product_Access__c="Forms")
    none = pool(visit)
    ids = f"Id IN ('{both}', '{one}', '{none}')"

    def found(condition: str) -> list[str]:
        asked = f"SELECT Id FROM LeanData__BookIt_Pool__c WHERE {ids} AND LeanData__Product_Access__c {condition}"
        return sorted(row["Id"] for row in visit.rows(asked))

    yield Finding("one value", sorted([both, one]), found("INCLUDES ('Forms')"))
    yield Finding("a set", [both], found("INCLUDES ('Forms;Links')"))
    yield Finding("either", sorted([both, one]), found("INCLUDES ('Forms;Links', 'Forms')"))
    yield Finding("excluded", sorted([one, none]), found("EXCLUDES ('Links')"))


@AREA.check(
    "language.like",
    "In LIKE `%` is any text, `_` one character, and a backslash makes them plain",
    source=f"{_REFERENCE}, Comparison Operators",
    sure=Sure.DOC,
)
def like(visit: Visit) -> Iterator[Finding]:
    name = visit.name("50%")
    plain, other = visit.account(Name=name), visit.account(Name=f"{name[:-1]}x")

    def found(pattern: str) -> list[str]:
        return sorted(row["Id"] for row in visit.rows(f"SELECT Id FROM Account WHERE Name LIKE '{pattern}'"))

    yield Finding("_", sorted([plain, other]), found(f"{name[:-1]}_"))
    yield Finding("escaped", [plain], found(f"{name[:-1]}\\%"))


@AREA.check(
    "language.semi_joins",
    "Id IN (SELECT …) and NOT IN (SELECT …) over a lookup of another object",
    source=f"{_REFERENCE}, Comparison Operators, semi-joins",
    sure=Sure.DOC,
)
def semi_joins(visit: Visit) -> Iterator[Finding]:
    name, last = visit.name(), visit.name()
    with_contact, without = visit.account(Name=name), visit.account(Name=name)
    visit.make("Contact", LastName=last, AccountId=with_contact)
    inner = f"(SELECT AccountId FROM Contact WHERE LastName = '{last}')"

    def found(condition: str) -> list[str]:
        return [row["Id"] for row in visit.rows(f"SELECT Id FROM Account WHERE Name = '{name}' AND {condition}")]

    yield Finding("IN", [with_contact], found(f"Id IN {inner}"))
    yield Finding("NOT IN", [without], found(f"Id NOT IN {inner}"))


@AREA.check(
    "language.child_queries",
    "A child query has conditions, order and limit of its own, per parent; its fields reach up to parents",
    source=f"{_REFERENCE}, Relationship Queries",
    sure=Sure.DOC,
)
def child_queries(visit: Visit) -> Iterator[Finding]:
    account = visit.account()
    for last in ("b", "a", "c"):
        visit.make("Contact", LastName=f"{visit.name()} {last}", FirstName=last, AccountId=account)
    inner = "(SELECT FirstName, Account.Id FROM Contacts WHERE FirstName != 'c' ORDER BY FirstName LIMIT 1)"
    body = visit.rows(f"SELECT Id, {inner} FROM Account WHERE Id = '{account}'")[0]["Contacts"]
    got = [(row["FirstName"], row["Account"]["Id"]) for row in body["records"]]
    yield Finding("children", [("a", account)], got)


@AREA.check(
    "language.nested_child_queries",
    "Child queries stand within child queries, up to five levels since version 58.0",
    source=f"{_REFERENCE}, Relationship Queries",
    sure=Sure.DOC,
)
def nested_child_queries(visit: Visit) -> Iterator[Finding]:
    account = visit.account()
    contact = visit.make("Contact", LastName=visit.name(), AccountId=account)
    event = visit.make(
        "Event", Subject=visit.name(), StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=30, WhoId=contact
    )
    asked = f"SELECT Id, (SELECT Id, (SELECT Id FROM Events) FROM Contacts) FROM Account WHERE Id = '{account}'"
    contacts = visit.rows(asked)[0]["Contacts"]["records"]
    yield Finding("the event", [event], [row["Id"] for row in contacts[0]["Events"]["records"]])


@AREA.check(
    "language.convert_timezone",
    "convertTimezone() inside a date function counts by the user's zone instead of UTC",
    source=f"{_REFERENCE}, convertTimezone()",
    sure=Sure.DOC,
)
def convert_timezone(visit: Visit) -> Iterator[Finding]:
    subject = visit.name()
    visit.make("Event", Subject=subject, StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=30)
    owner = visit.rows(f"SELECT OwnerId FROM Event WHERE Subject = '{subject}'")[0]["OwnerId"]
    zone = visit.rows(f"SELECT TimeZoneSidKey FROM User WHERE Id = '{owner}'")[0]["TimeZoneSidKey"]
    hour = datetime(2031, 5, 6, 7, tzinfo=UTC).astimezone(ZoneInfo(zone)).hour
    part = "HOUR_IN_DAY(convertTimezone(StartDateTime))"
    rows = visit.rows(f"SELECT {part} h, COUNT(Id) n FROM Event WHERE Subject = '{subject}' GROUP BY {part}")
    yield Finding("the hour", [(hour, 1)], [_values(row) for row in rows])


@AREA.check(
    "language.date_literals",
    "Date literals cover whole days: TODAY, LAST_N_DAYS:n with today, NEXT_N_DAYS:n without",
    source=f"{_REFERENCE}, Date Formats; that LAST_N_DAYS has today is reported",
    sure=Sure.REP,
)
def date_literals(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()

    def holds(condition: str) -> bool:
        return bool(visit.rows(f"SELECT Id FROM Account WHERE Id = '{record_id}' AND CreatedDate {condition}"))

    yield Finding("= TODAY", True, holds("= TODAY"))
    yield Finding("= LAST_N_DAYS:1", True, holds("= LAST_N_DAYS:1"))
    yield Finding("= NEXT_N_DAYS:1", False, holds("= NEXT_N_DAYS:1"))
    yield Finding("= YESTERDAY", False, holds("= YESTERDAY"))
    yield Finding("> YESTERDAY", True, holds("> YESTERDAY"))
    yield Finding("= THIS_WEEK", True, holds("= THIS_WEEK"))
    yield Finding("= THIS_YEAR", True, holds("= THIS_YEAR"))


@AREA.check(
    "language.date_functions",
    "CALENDAR_YEAR, CALENDAR_MONTH, DAY_ONLY and HOUR_IN_DAY count by the UTC calendar, and group",
    source=f"{_REFERENCE}, Date Functions; UTC is reported",
    sure=Sure.REP,
)
def date_functions(visit: Visit) -> Iterator[Finding]:
    subject = visit.name()
    for start in ("2031-05-06T23:30:00Z", "2031-05-07T00:30:00Z"):
        visit.make("Event", Subject=subject, StartDateTime=start, DurationInMinutes=30)
    asked = (
        "SELECT CALENDAR_YEAR(StartDateTime) y, CALENDAR_MONTH(StartDateTime) m, DAY_ONLY(StartDateTime) d, "
        f"HOUR_IN_DAY(StartDateTime) h, COUNT(Id) n FROM Event WHERE Subject = '{subject}' GROUP BY "
        "CALENDAR_YEAR(StartDateTime), CALENDAR_MONTH(StartDateTime), DAY_ONLY(StartDateTime), "
        "HOUR_IN_DAY(StartDateTime)"
    )
    rows = sorted(_values(row) for row in visit.rows(asked))
    yield Finding("rows", [(2031, 5, "2031-05-06", 23, 1), (2031, 5, "2031-05-07", 0, 1)], rows)


@AREA.check(
    "language.scope",
    "USING SCOPE mine gives the rows that the user owns",
    source=f"{_REFERENCE}, USING SCOPE",
    sure=Sure.DOC,
)
def scope(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    asked = f"SELECT Id FROM Account USING SCOPE mine WHERE Id = '{record_id}'"
    yield Finding("one's own", [record_id], [row["Id"] for row in visit.rows(asked)])


@AREA.check(
    "language.for_view",
    "FOR VIEW and FOR REFERENCE are taken and change no row of the answer",
    source=f"{_REFERENCE}, FOR VIEW, FOR REFERENCE",
    sure=Sure.DOC,
)
def for_view(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    asked = f"SELECT Id FROM Account WHERE Id = '{record_id}' FOR VIEW"
    yield Finding("rows", [record_id], [row["Id"] for row in visit.rows(asked)])


@AREA.check(
    "language.alias",
    "FROM may name an alias for the object and for its parents",
    source=f"{_REFERENCE}, Alias Notation",
    sure=Sure.DOC,
)
def alias(visit: Visit) -> Iterator[Finding]:
    contact = visit.make("Contact", LastName=visit.name(), AccountId=visit.account())
    asked = f"SELECT c.Id, a.Id FROM Contact c, c.Account a WHERE c.Id = '{contact}'"
    row = visit.rows(asked)[0]
    yield Finding("ids", (contact, ID), (row["Id"], row["Account"]["Id"]))


@AREA.check(
    "language.offset",
    "LIMIT and OFFSET page through an order, up to an OFFSET of 2,000",
    source=f"{_REFERENCE}, OFFSET",
    sure=Sure.DOC,
)
def offset(visit: Visit) -> Iterator[Finding]:
    name = visit.name()
    for phone in ("1", "2", "3"):
        visit.account(Name=name, Phone=phone)
    rows = visit.rows(f"SELECT Phone FROM Account WHERE Name = '{name}' ORDER BY Phone LIMIT 1 OFFSET 1")
    yield Finding("the second", ["2"], [row["Phone"] for row in rows])
    yield Finding("2,000", 200, visit.query("SELECT Id FROM Account LIMIT 1 OFFSET 2000").status)


@AREA.check(
    "language.numbers",
    "Numbers compare as numbers, with a fraction or without",
    source=_REFERENCE,
    sure=Sure.DOC,
    needs=(Need.BOOKIT,),
)
def numbers(visit: Visit) -> Iterator[Finding]:
    record_id = meeting_type(visit, LeanData__Duration_Minutes__c=30)
    for condition, found in (("= 30", 1), ("= 30.0", 1), ("> 29.5", 1), ("IN (30, 60)", 1), ("< 30", 0)):
        asked = "SELECT Id FROM LeanData__BookIt_Meeting_Type__c WHERE LeanData__Duration_Minutes__c "
        rows = visit.rows(f"{asked}{condition} AND Id = '{record_id}'")
        yield Finding(condition, found, len(rows))


_APEX = "superfell/SoqlX #25 shows `ALL ROWS not allowed in this context`; the other texts are made like it"

refused(
    "language.all_rows",
    "ALL ROWS is refused in /query: it is for /queryAll and Apex",
    "SELECT Id FROM Account ALL ROWS",
    "MALFORMED_QUERY",
    "ALL ROWS not allowed in this context",
    source=f"public report: {_APEX}",
    sure=Sure.REP,
    area=AREA,
)
refused(
    "language.for_update",
    "FOR UPDATE is Apex's alone and refused over REST",
    "SELECT Id FROM Account FOR UPDATE",
    "MALFORMED_QUERY",
    "FOR UPDATE not allowed in this context",
    source=f"public reports: jsforce #158, #1018; {_APEX}",
    sure=Sure.REP,
    area=AREA,
)

AREA.cannot_check(
    "language.users_days",
    "The days of date literals are the user's, by his time zone, and his weeks begin as his locale's do",
    source=f"{_REFERENCE}, Date Formats (the week); the zone is background knowledge",
    sure=Sure.DOC,
    because="it takes users of several zones at the right hour",
    test="engine/test_date_literals.py::test_days_begin_in_the_users_zone",
)
AREA.cannot_check(
    "language.against_python",
    "Conditions, orders and groups agree with a reading of SOQL's rules in plain Python, on random statements and rows",
    source=_REFERENCE,
    sure=Sure.DOC,
    because="a real org would take too long over thousands of statements",
    test="engine/test_conditions_agree_with_python.py::test_any_condition_finds_the_rows_that_python_finds",
)
