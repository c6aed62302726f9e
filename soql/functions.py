"""The functions of SOQL that we take, by what they may do. Source: "SOQL and SOSL Reference", SELECT Functions."""

from __future__ import annotations

AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})

DATE_FUNCTIONS = frozenset(
    {
        "CALENDAR_MONTH",
        "CALENDAR_QUARTER",
        "CALENDAR_YEAR",
        "DAY_IN_MONTH",
        "DAY_IN_WEEK",
        "DAY_IN_YEAR",
        "DAY_ONLY",
        "FISCAL_MONTH",
        "FISCAL_QUARTER",
        "FISCAL_YEAR",
        "HOUR_IN_DAY",
        "WEEK_IN_MONTH",
        "WEEK_IN_YEAR",
    }
)

CONVERT_TIMEZONE = "convertTimezone"
"""Moves a dateTime into the running user's time zone; stands inside a date function only."""

TO_LABEL = "toLabel"
"""A picklist's label in place of its value; in SELECT and WHERE."""

FORMAT = "FORMAT"
"""Numbers, dates and times as the user's locale writes them; in SELECT, around a field or an aggregate."""

CONVERT_CURRENCY = "convertCurrency"
"""An amount in the user's currency; in SELECT, around a field, and inside FORMAT."""

GROUPING = "GROUPING"
"""1 where a row is a subtotal over the field, else 0; with ROLLUP and CUBE."""

DISTANCE = "DISTANCE"
"""The distance of a location field to a place; in WHERE with < and >, and in ORDER BY."""

WRAPPERS = frozenset({TO_LABEL, FORMAT, CONVERT_CURRENCY})
"""What may stand around a field of a plain SELECT list, where it may have an alias."""

CANONICAL = {
    name.lower(): name
    for name in (*AGGREGATES, *DATE_FUNCTIONS, CONVERT_TIMEZONE, TO_LABEL, FORMAT, CONVERT_CURRENCY, GROUPING)
}
"""Each function of one argument by its name in lower case: in the tree it has this spelling, whatever the text's."""
