"""SOQL's limits, in one place. Source: Salesforce, "SOQL and SOSL Limits"."""

from __future__ import annotations

MAX_LENGTH = 100_000
"""Characters of one statement."""

MAX_STRING = 4_000
"""Characters of one string in WHERE."""

MAX_CHILD_QUERIES = 20

MAX_LEVELS = 5
"""Levels of child queries, the outermost SELECT counted (since API version 58)."""

MAX_PARENTS = 5
"""Relationships in one path: `A.B.C.D.E.Name`."""

MAX_RELATIONSHIPS = 55
"""Different child-to-parent relationships of one SELECT."""

MAX_SEMI_JOINS = 2
"""Semi- and anti-joins in one WHERE."""

MAX_OFFSET = 2_000

MAX_ORDER_BY = 32
"""Terms of one ORDER BY."""

MAX_ROLLED_UP = 3
"""Fields of one ROLLUP or CUBE."""

MAX_FIELDS_ROWS = 200
"""LIMIT of a SELECT with FIELDS(ALL) or FIELDS(CUSTOM), which must have one."""

MAX_NESTING = 60
"""Parentheses in one another. Ours: far above what a person writes, far below what a recursive reader can bear."""

MAX_DIGITS = 400
"""Digits of one number, before or after the point: all that a float can have. Ours; Salesforce keeps 18."""
