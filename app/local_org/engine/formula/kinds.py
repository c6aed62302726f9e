"""What a formula may do with a field depends on the field's type: checked when the org starts, as a deploy checks it.

Source: Salesforce Help, "Formula Operators and Functions": ISNULL is false of every text, and a picklist stands in
ISPICKVAL, CASE, TEXT and their like only. The text about picklists is reported from real orgs.
"""

from __future__ import annotations

from collections.abc import Callable

from app.local_org.engine.formula.tree import Call, Constant, FieldName, FormulaError, Node, Operation, Prefix
from app.local_org.schema.model import FieldType

TypeOf = Callable[[tuple[str, ...]], FieldType]
"""The type of the field at the end of a path; raises FormulaError for a path that leads nowhere."""

_NEVER_NULL = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXTAREA,
        FieldType.EMAIL,
        FieldType.PHONE,
        FieldType.URL,
        FieldType.PICKLIST,
        FieldType.MULTIPICKLIST,
    }
)
_PICKLISTS = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST})


def checked(node: Node, type_of: TypeOf) -> Node:
    """The tree with what its fields' types decide decided. Raises FormulaError for a picklist beside an operator."""
    match node:
        case Call("ISNULL", (FieldName(parts),)) if type_of(parts) in _NEVER_NULL:
            return Constant(False)
        case Call(name, arguments):
            return Call(name, tuple(checked(argument, type_of) for argument in arguments))
        case Operation(symbol, left, right):
            for operand in (left, right):
                _refuse_picklist(operand, type_of)
            return Operation(symbol, checked(left, type_of), checked(right, type_of))
        case Prefix(symbol, operand):
            _refuse_picklist(operand, type_of)
            return Prefix(symbol, checked(operand, type_of))
        case Constant() | FieldName():
            return node


def _refuse_picklist(operand: Node, type_of: TypeOf) -> None:
    if isinstance(operand, Call) and operand.name == "PRIORVALUE" and len(operand.arguments) == 1:
        operand = operand.arguments[0]
    if isinstance(operand, FieldName) and type_of(operand.parts) in _PICKLISTS:
        name = operand.parts[-1]
        message = f"Field {name} is a picklist field. Picklist fields are only supported in certain functions."
        raise FormulaError(message)
