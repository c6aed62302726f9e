"""What Salesforce says is not there: the field, relationship or object of a refusal, by its API name.

An object or a field that a user may not see looks exactly like one that does not exist (docs/FIDELITY.md). The
refusal's text holds the statement, so nothing of it is passed on but the names that these patterns find.
"""

from __future__ import annotations

import re

LONGEST_NAME = 80
"""Of an API name with namespace and suffix there are at most 15 + 2 + 40 + 3 characters; a path has a few more."""

_COLUMN = re.compile(r"No such column '(\w+)' on (?:entity|sobject of type) '?(\w+)'?", re.ASCII)
_RELATIONSHIP = re.compile(r"Didn't understand relationship '(\w+)'", re.ASCII)
_OBJECT = re.compile(r"sObject type '(\w+)' is not supported", re.ASCII)


def lacking(message: str) -> str | None:
    """`the field Object__c.Field__c` and the like, for an admin to read; None where the text names nothing."""
    column, relationship, sobject = (pattern.search(message) for pattern in (_COLUMN, _RELATIONSHIP, _OBJECT))
    if column is not None:
        found = f"the field {column[2]}.{column[1]}"
    elif relationship is not None:
        found = f"the relationship {relationship[1]}"
    elif sobject is not None:
        found = f"the object {sobject[1]}"
    else:
        return None
    return found if len(found) <= 2 * LONGEST_NAME else None
