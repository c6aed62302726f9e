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

CANONICAL = {name.lower(): name for name in (*AGGREGATES, *DATE_FUNCTIONS, CONVERT_TIMEZONE)}
"""Each function by its name in lower case: in the tree a function has this spelling, whatever the text's casing."""
