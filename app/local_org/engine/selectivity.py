"""What SQLite cannot see by itself: which conditions leave few rows, though the table be large.

It keeps no histogram, so it takes any range for a quarter of the table and a value of a lookup for one of its few rows.
A statement over a large object is written the other way round, as Salesforce's selectivity rules ask: it ranges over a
few days of many years. Source: salesforce notes, section 4, "Selectivity".
"""

from __future__ import annotations

from app.local_org.engine.names import ObjectNames
from app.local_org.schema.model import FieldType
from soql.ast import And, Comparison, Condition, FieldPath, Operator, Or

BOUNDS = frozenset({Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL})
_DAYS = frozenset({FieldType.DATE, FieldType.DATETIME})


def bound(kind: FieldType, compared: str) -> str:
    """The comparison of a column with a bound, marked for the planner: one of a date leaves few rows."""
    return f"likelihood({compared}, 0.01)" if kind in _DAYS else compared


def narrows(found: ObjectNames, condition: Condition | None) -> bool:
    """Whether an index leads from the condition to few rows of the object: an id, a unique key, a range of dates."""
    match condition:
        case And(terms):
            return any(narrows(found, term) for term in terms)
        case Or(terms):
            return all(narrows(found, term) for term in terms)
        case Comparison(FieldPath((name,)), operator):
            field = found.field(name)
            if field is None:
                return False
            if operator is Operator.EQUAL:
                return field.type is FieldType.ID or field.unique or field.external_id
            return operator in BOUNDS and field.type in _DAYS
        case _:
            return False
