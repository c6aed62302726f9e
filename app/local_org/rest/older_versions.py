"""What an API version before the newest would answer otherwise: refused by name, so that nobody trusts a wrong body."""

from __future__ import annotations

import re

from app.local_org.errors import Unsupported

DESCRIBES_SINCE = 58
"""Describe bodies of earlier versions hold fewer keys and fields than those that the local org knows. [BG]"""

NESTED_SUBQUERIES_SINCE = 58
"""SOQL and SOSL Reference, Relationship Queries: five levels down since v58.0, two levels before."""

FIELDS_SINCE = 51
"""SOQL and SOSL Reference, FIELDS()."""

UPSERT_BODY_SINCE = 46
"""REST API Developer Guide, Insert or Update (Upsert) a Record: 204 and no body for an update before v46.0."""

ASSIGNMENT_FIELDS_SINCE = 57
"""Object Reference, PermissionSetAssignment: IsRevoked v57.0, ExpirationDate and IsActive v52.0."""

_TEXT = re.compile(r"'(?:\\.|[^'\\])*'", re.DOTALL)
_MARKS = re.compile(r"(?P<open>(?P<semi_join>\bIN\s*)?\(\s*(?P<select>SELECT\b)?)|(?P<close>\))", re.IGNORECASE)


def check_query(soql: str, version: int) -> None:
    """Raises Unsupported for a statement that this version reads otherwise than the newest."""
    if version >= NESTED_SUBQUERIES_SINCE:
        return
    bare = _TEXT.sub("''", soql)
    if subquery_depth(bare) > 1:
        raise Unsupported(f"a subquery within a subquery in API version v{version}.0")
    if version < ASSIGNMENT_FIELDS_SINCE and re.search(r"\bPermissionSetAssignment\b", bare, re.IGNORECASE):
        raise Unsupported(f"PermissionSetAssignment in API version v{version}.0; its fields differ")
    if version < FIELDS_SINCE and re.search(r"\bFIELDS\s*\(", bare, re.IGNORECASE):
        raise Unsupported(f"FIELDS() in API version v{version}.0")


def subquery_depth(soql: str) -> int:
    """How deep child subqueries stand within each other; semi-joins do not count. The text holds no string."""
    open_marks: list[bool] = []
    deepest = 0
    for mark in _MARKS.finditer(soql):
        if mark["close"]:
            if open_marks:
                open_marks.pop()
            continue
        open_marks.append(bool(mark["select"]) and not mark["semi_join"])
        deepest = max(deepest, sum(open_marks))
    return deepest


def check_describe(version: int) -> None:
    """Raises Unsupported for a version whose describes differ."""
    if version < DESCRIBES_SINCE:
        raise Unsupported(f"describe in API version v{version}.0; its keys and fields differ")


def check_upsert(version: int) -> None:
    """Raises Unsupported for a version whose upsert answers otherwise."""
    if version < UPSERT_BODY_SINCE:
        raise Unsupported(f"upsert in API version v{version}.0; its answer differs")
