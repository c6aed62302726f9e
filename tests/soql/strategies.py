"""Hypothesis strategies for SOQL: random trees that print and parse, and the values in them."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

from hypothesis import strategies as st

from soql.ast import (
    And,
    Boolean,
    ChildQuery,
    Comparison,
    Condition,
    Currency,
    DataCategory,
    Date,
    DateLiteral,
    DateTime,
    Distance,
    Expression,
    FieldPath,
    Fields,
    FieldSet,
    FromAlias,
    Function,
    Geolocation,
    GroupMode,
    Includes,
    InQuery,
    InValues,
    Mode,
    Not,
    Null,
    Number,
    Operator,
    Option,
    Or,
    OrderBy,
    Pattern,
    Select,
    SelectItem,
    String,
    Time,
    TypeOf,
    TypeOfBranch,
    Value,
    Wildcard,
    With,
)
from soql.functions import AGGREGATES, DATE_FUNCTIONS

RESERVED = frozenset(
    {
        "select",
        "from",
        "where",
        "and",
        "or",
        "not",
        "null",
        "like",
        "in",
        "includes",
        "excludes",
        "having",
        "limit",
        "using",
        "with",
        "asc",
        "desc",
        "first",
        "last",
        "nulls",
        "group",
        "order",
        "offset",
        "for",
        "update",
        "all",
    }
)
AWKWARD = "'\"\\%_\n\r\t\b\f\x00\x1f\x7f\x85\u2028\u2029\ufeff;:()-?[]{}é中😀\U0010ffff"

NAMES = [
    *("Id", "Name", "Start__c", "Ns__Start__c", "A", "z9", "Main_Host", "Account", "x_", "CreatedDate"),
    # Words that only look like the language's own.
    *("Group_", "Order_Date", "Todays", "True_Name", "NullX", "Inbox", "Fromage", "Nothing", "Andy", "Oracle", "USD5"),
    *("Count", "Today", "LAST_N_DAYS", "By", "Scope", "View", "Format", "Typeof", "Rows", "Tracking", "Cube", "Rollup"),
]
identifiers: st.SearchStrategy[str] = st.one_of(
    *[st.sampled_from(NAMES)] * 5,
    st.from_regex(r"\A[a-zA-Z][a-zA-Z0-9_]{0,8}\Z").filter(lambda name: name.lower() not in RESERVED),
)
paths: st.SearchStrategy[FieldPath] = st.builds(FieldPath, st.lists(identifiers, min_size=1, max_size=3).map(tuple))

ATTACKS = [
    *("' OR Name != '", "\\' OR 1 = 1", "\\", "\\\\'", "') OR (Id != '", ":bind", "null", "%", "\\u0027", "\\%", "_"),
    *("", "a", "Jordan Lee", "it's", "two\nrows", "a\x00b", "\u2028", "😀", "--", "100%_\\", "\ufeff", '"'),
]
texts: st.SearchStrategy[str] = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(st.sampled_from(AWKWARD + "ab"), max_size=20),
    st.sampled_from(ATTACKS),
)
"""Any text, the kind that tries to get out of its quotes above all; no lone surrogates."""

_tree_texts: st.SearchStrategy[str] = st.one_of(*[st.sampled_from(ATTACKS)] * 5, texts)
"""Mostly from the list: a tree's own strings need not be searched character by character."""


def _scaled(digits: int, exponent: int) -> Decimal:
    return Decimal(digits).scaleb(exponent)


decimals: st.SearchStrategy[Decimal] = st.one_of(
    st.integers(-(10**20), 10**20).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12),
    st.builds(_scaled, st.integers(-999, 999), st.integers(-30, 30)),
)

_PLAIN_LITERALS = [
    "YESTERDAY",
    "TODAY",
    "TOMORROW",
    "LAST_90_DAYS",
    "NEXT_90_DAYS",
    *(f"{when}_{unit}" for when in ("LAST", "THIS", "NEXT") for unit in ("WEEK", "MONTH", "QUARTER", "YEAR")),
    *(f"{when}_FISCAL_{unit}" for when in ("LAST", "THIS", "NEXT") for unit in ("QUARTER", "YEAR")),
]
_UNITS = ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
_COUNTED_LITERALS = [
    *(f"{when}_N_{unit}" for when in ("LAST", "NEXT") for unit in _UNITS),
    *(f"N_{unit}_AGO" for unit in _UNITS),
]
date_literals: st.SearchStrategy[DateLiteral] = st.one_of(
    st.builds(DateLiteral, st.sampled_from(_PLAIN_LITERALS)),
    st.builds(DateLiteral, st.sampled_from(_COUNTED_LITERALS), st.integers(0, 9999)),
)

values: st.SearchStrategy[Value] = st.one_of(
    st.builds(String, _tree_texts),
    st.builds(Number, decimals),
    st.builds(Currency, st.text("ABCDEUX", min_size=3, max_size=3), decimals),
    st.builds(Boolean, st.booleans()),
    st.just(Null()),
    st.builds(Date, st.dates()),
    st.builds(DateTime, st.datetimes(timezones=st.just(UTC))),
    st.builds(Time, st.times()),
    date_literals,
)


def _merged(parts: list[str | Wildcard]) -> Pattern:
    merged: list[str | Wildcard] = []
    for part in parts:
        if merged and not isinstance(part, Wildcard) and not isinstance(merged[-1], Wildcard):
            merged[-1] = merged[-1] + part
        elif part:
            merged.append(part)
    return Pattern(tuple(merged))


_parts = st.lists(st.one_of(_tree_texts, st.sampled_from(Wildcard)), max_size=4)
patterns: st.SearchStrategy[Pattern] = _parts.map(_merged)

aggregates: st.SearchStrategy[Function] = st.builds(Function, st.sampled_from(sorted(AGGREGATES)), paths)
_degrees = st.decimals(-180, 180, allow_nan=False, allow_infinity=False, places=4)
distances: st.SearchStrategy[Function] = st.builds(
    Function,
    st.just("DISTANCE"),
    paths,
    distance=st.builds(
        Distance, paths | st.builds(Geolocation, _degrees, _degrees), st.sampled_from(["mi", "km", "x'"])
    ),
)
wrapped: st.SearchStrategy[Function] = st.one_of(
    st.builds(Function, st.sampled_from(["toLabel", "FORMAT", "convertCurrency", "GROUPING"]), paths),
    st.builds(
        Function, st.just("FORMAT"), st.one_of(aggregates, st.builds(Function, st.just("convertCurrency"), paths))
    ),
)
date_functions: st.SearchStrategy[Function] = st.builds(
    Function,
    st.sampled_from(sorted(DATE_FUNCTIONS)),
    st.one_of(paths, st.builds(Function, st.just("convertTimezone"), paths)),
)
expressions: st.SearchStrategy[Expression] = st.one_of(paths, date_functions)
any_expressions: st.SearchStrategy[Expression] = st.one_of(paths, paths, date_functions, wrapped, distances)

_NOT_LIKE = [operator for operator in Operator if operator is not Operator.LIKE]


def _conditions(left: st.SearchStrategy[Expression]) -> st.SearchStrategy[Condition]:
    lists = st.lists(values, min_size=1, max_size=3).map(tuple)
    strings = st.lists(st.builds(String, _tree_texts), min_size=1, max_size=2).map(tuple)
    leaves: st.SearchStrategy[Condition] = st.one_of(
        st.builds(Comparison, left, st.sampled_from(_NOT_LIKE), values),
        st.builds(Comparison, left, st.just(Operator.LIKE), patterns),
        st.builds(InValues, left, lists, st.booleans()),
        st.builds(Includes, paths, strings, st.booleans()),
    )

    def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        terms = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(And, terms), st.builds(Or, terms), st.builds(Not, inner))

    return st.recursive(leaves, joined, max_leaves=4)


conditions: st.SearchStrategy[Condition] = _conditions(any_expressions)
"""Conditions without semi-joins."""

_orders = st.lists(
    st.builds(OrderBy, any_expressions, st.booleans(), st.sampled_from([None, True, False])), max_size=3
).map(tuple)
_counts = st.none() | st.integers(0, 50_000)

semi_joins: st.SearchStrategy[InQuery] = st.builds(
    InQuery,
    paths,
    st.builds(
        Select,
        st.builds(SelectItem, paths).map(lambda item: (item,)),
        identifiers,
        where=st.none() | conditions,
    ),
    st.booleans(),
)
_wheres: st.SearchStrategy[Condition | None] = st.one_of(
    st.none(),
    conditions,
    semi_joins,
    st.lists(st.one_of(conditions, semi_joins), min_size=2, max_size=3).map(lambda terms: And(tuple(terms))),
)

child_queries: st.SearchStrategy[ChildQuery] = st.builds(
    ChildQuery,
    st.builds(
        Select,
        st.lists(st.builds(SelectItem, paths), min_size=1, max_size=3).map(tuple),
        identifiers,
        where=st.none() | conditions,
        order_by=_orders,
        limit=_counts,
    ),
)

_some_paths = st.lists(paths, min_size=1, max_size=3).map(tuple)
type_ofs: st.SearchStrategy[TypeOf] = st.builds(
    TypeOf,
    paths,
    st.lists(st.builds(TypeOfBranch, paths.map(lambda path: path.text), _some_paths), min_size=1, max_size=2).map(
        tuple
    ),
    st.just(()) | _some_paths,
)
_items = st.one_of(
    st.builds(SelectItem, paths),
    st.builds(SelectItem, wrapped, st.none() | identifiers),
    child_queries,
    type_ofs,
    st.builds(Fields, st.sampled_from(FieldSet)),
)
_categories = st.builds(
    DataCategory,
    identifiers,
    st.sampled_from(["AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW"]),
    st.lists(identifiers, min_size=1, max_size=2).map(tuple),
)
withs: st.SearchStrategy[With] = st.one_of(
    st.builds(With, mode=st.sampled_from(Mode)),
    st.builds(With, categories=st.lists(_categories, min_size=1, max_size=2).map(tuple)),
    st.builds(With, visibility=st.lists(st.tuples(identifiers, values), min_size=1, max_size=2).map(tuple)),
)
_options = st.lists(st.sampled_from(Option), max_size=2).map(tuple)
_also_from = st.lists(st.builds(FromAlias, paths, st.none() | identifiers), max_size=2).map(tuple)
_scopes = st.none() | identifiers.map(str.lower)

plain_selects: st.SearchStrategy[Select] = st.builds(
    Select,
    st.lists(_items, min_size=1, max_size=4).map(tuple),
    identifiers,
    st.none() | identifiers,
    where=_wheres,
    order_by=_orders,
    limit=_counts,
    offset=_counts,
    also_from=_also_from,
    scope=_scopes,
    with_=st.none() | withs,
    options=_options,
)

grouped_selects: st.SearchStrategy[Select] = st.builds(
    Select,
    st.lists(
        st.builds(SelectItem, st.one_of(expressions, aggregates, wrapped), st.none() | identifiers),
        min_size=1,
        max_size=4,
    ).map(tuple),
    identifiers,
    st.none() | identifiers,
    where=_wheres,
    group_by=st.lists(expressions, min_size=1, max_size=3).map(tuple),
    having=st.none() | _conditions(aggregates),
    order_by=st.lists(st.builds(OrderBy, st.one_of(expressions, aggregates), st.booleans()), max_size=2).map(tuple),
    limit=_counts,
    group_mode=st.sampled_from(GroupMode),
)

counting_selects: st.SearchStrategy[Select] = st.builds(
    Select, st.just((SelectItem(Function("COUNT", None)),)), identifiers, where=_wheres, limit=_counts
)

selects: st.SearchStrategy[Select] = st.one_of(plain_selects, grouped_selects, counting_selects)
"""Statements that the grammar takes. Their names mean nothing, and soql.rules may refuse them."""
