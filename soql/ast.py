"""The syntax tree of a SOQL statement: frozen values, compared by structure.

Source: Salesforce, "SOQL and SOSL Reference", chapter SOQL SELECT Syntax. Names keep the casing of the text; SOQL
compares them without regard to case, and so must every reader of this tree. Positions never take part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node begins in its text; row and column count from 1."""

    row: int
    column: int


NOWHERE = Position(0, 0)
"""The position of a node that no text stands behind (a bound value, a filter that was added)."""


# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class String:
    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """An integer has exponent 0 and no fraction: `Decimal("3")`; `3.0` keeps its digits."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Currency:
    """A number with an ISO code in front: `USD5000`."""

    code: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    pass


@dataclass(frozen=True, slots=True)
class Date:
    value: date


@dataclass(frozen=True, slots=True)
class DateTime:
    """An aware datetime; printed in UTC with a Z."""

    value: datetime


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, `15:30:00.000Z`; always UTC."""

    value: time


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """`TODAY`, `LAST_N_DAYS:7`: upper case name, and n where the literal takes one."""

    name: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Bind:
    """`:name` (required) or `:name?` (optional: its condition is dropped when the value is absent)."""

    name: str
    optional: bool = False
    position: Position = field(default=NOWHERE, compare=False)


class Wildcard(StrEnum):
    """What stands for other text in a LIKE pattern: any run of characters, or exactly one."""

    ANY = "%"
    ONE = "_"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The right side of LIKE: literal text and wildcards in turn, so that an escaped `\\%` is plain text here."""

    parts: tuple[str | Wildcard, ...]


Value = String | Pattern | Number | Currency | Boolean | Null | Date | DateTime | Time | DateLiteral | Bind


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class FieldPath:
    """`Name`, `Account.Owner.Name`. An alias of FROM in front (`c.Name FROM Contact c`) is kept as a part."""

    parts: tuple[str, ...]
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Geolocation:
    """`GEOLOCATION(37.7, -122.4)`: degrees."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Distance:
    """What DISTANCE measures to, and in what: `mi` or `km` as the text has it."""

    to: FieldPath | Geolocation
    unit: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one argument: an aggregate (`COUNT(Id)`, `MAX(Start__c)`), a date function
    (`CALENDAR_MONTH(CreatedDate)`), `convertTimezone(f)` inside one, `toLabel(f)`, `FORMAT(f)`, `convertCurrency(f)`,
    `GROUPING(f)`. `COUNT()` has no argument. `DISTANCE(f, …, 'km')` alone has a `distance`."""

    name: str
    argument: FieldPath | Function | None
    position: Position = field(default=NOWHERE, compare=False)
    distance: Distance | None = None


Expression = FieldPath | Function


# ---------------------------------------------------------------- conditions


class Operator(StrEnum):
    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LIKE = "LIKE"


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Expression
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class InValues:
    """`x IN ('a', 'b')`, `x NOT IN (…)`, or a list bind: `x IN :ids` (values is then that one Bind)."""

    left: Expression
    values: tuple[Value, ...] | Bind
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InQuery:
    """A semi-join (`Id IN (SELECT Meeting__c FROM …)`) or, negated, an anti-join."""

    left: FieldPath
    query: Select
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Includes:
    """`multi INCLUDES ('a;b', 'c')` or EXCLUDES; each string is a `;`-joined set."""

    left: FieldPath
    values: tuple[Value, ...] | Bind
    negated: bool = False


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: Condition


Condition = Comparison | InValues | InQuery | Includes | And | Or | Not


# ---------------------------------------------------------------- the statement


@dataclass(frozen=True, slots=True)
class SelectItem:
    """A field, a function or an aggregate, with the alias that it may have."""

    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class ChildQuery:
    """`(SELECT … FROM Attendees__r)`: `query.from_` is the child relationship's name."""

    query: Select


class FieldSet(StrEnum):
    """What FIELDS() may stand for."""

    ALL = "ALL"
    STANDARD = "STANDARD"
    CUSTOM = "CUSTOM"


@dataclass(frozen=True, slots=True)
class Fields:
    """`FIELDS(ALL)`: the object's fields that the caller can read."""

    kind: FieldSet
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TypeOfBranch:
    """`WHEN Account THEN Phone, Owner.Name`."""

    object: str
    fields: tuple[FieldPath, ...]
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF What WHEN Account THEN Phone ELSE Name END`; `otherwise` is empty where there is no ELSE."""

    relationship: FieldPath
    branches: tuple[TypeOfBranch, ...]
    otherwise: tuple[FieldPath, ...] = ()
    position: Position = field(default=NOWHERE, compare=False)


Item = SelectItem | ChildQuery | Fields | TypeOf


@dataclass(frozen=True, slots=True)
class FromAlias:
    """A further entry of FROM: `c.Account a` in `FROM Contact c, c.Account a`."""

    path: FieldPath
    alias: str | None = None


class GroupMode(StrEnum):
    """How GROUP BY groups: plainly, or with subtotals."""

    PLAIN = ""
    ROLLUP = "ROLLUP"
    CUBE = "CUBE"


class Option(StrEnum):
    """What may stand after all other clauses."""

    FOR_VIEW = "FOR VIEW"
    FOR_REFERENCE = "FOR REFERENCE"
    FOR_UPDATE = "FOR UPDATE"
    UPDATE_TRACKING = "UPDATE TRACKING"
    UPDATE_VIEWSTAT = "UPDATE VIEWSTAT"
    ALL_ROWS = "ALL ROWS"


class Mode(StrEnum):
    """`WITH USER_MODE` and the like: Apex's own, refused over REST."""

    SECURITY_ENFORCED = "SECURITY_ENFORCED"
    USER_MODE = "USER_MODE"
    SYSTEM_MODE = "SYSTEM_MODE"


@dataclass(frozen=True, slots=True)
class DataCategory:
    """`Geography__c ABOVE usa__c`, or `… AT (a__c, b__c)`; the selector is upper case."""

    group: str
    selector: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class With:
    """A WITH clause: a mode, or data categories (joined by AND), or the parameters of RecordVisibilityContext."""

    mode: Mode | None = None
    categories: tuple[DataCategory, ...] = ()
    visibility: tuple[tuple[str, Value], ...] = ()
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class OrderBy:
    """`nulls_first` is None where the text does not say; SOQL then sorts nulls first in both directions."""

    expression: Expression
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT. `SELECT COUNT() FROM T` has the single item `Function("COUNT", None)`.

    `from_` is the object (a relationship inside ChildQuery), `alias` its alias, if any; `also_from` are the further
    entries of FROM, aliases of its parents. `scope` is the word after USING SCOPE, in lower case.
    """

    items: tuple[Item, ...]
    from_: str
    alias: str | None = None
    where: Condition | None = None
    group_by: tuple[Expression, ...] = ()
    having: Condition | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | Bind | None = None
    offset: int | Bind | None = None
    position: Position = field(default=NOWHERE, compare=False)
    from_position: Position = field(default=NOWHERE, compare=False)
    also_from: tuple[FromAlias, ...] = ()
    scope: str | None = None
    with_: With | None = None
    group_mode: GroupMode = GroupMode.PLAIN
    options: tuple[Option, ...] = ()
