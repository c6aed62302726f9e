"""The field list of a query for records: its SQL columns, and the shape that the records get from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.local_org.engine import labels, values
from app.local_org.engine.expressions import typed
from app.local_org.engine.scope import Column, Scope
from app.local_org.engine.shape import RecordShape, TypeOfShape
from app.local_org.errors import ApiError, Unsupported
from soql.ast import FieldPath, Fields, FieldSet, Function, Position, SelectItem, TypeOf
from soql.functions import TO_LABEL


class SelectList:
    """Grows item by item; each `add` returns the names that it put into the record itself."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.columns = [f'{scope.alias}."Id"']
        self.shape = RecordShape(0, scope.object.name)

    def add(self, item: SelectItem | Fields | TypeOf) -> list[str]:
        """Raises INVALID_FIELD for what does not exist, MALFORMED_QUERY for what stands there twice."""
        match item:
            case Fields():
                return [name for path in self._expanded(item) for name in self._add_path(path)]
            case TypeOf():
                return [self._add_typeof(item)]
            case SelectItem(FieldPath() as path, alias):
                if alias is not None:
                    raise self._refuse(path.position, "only aggregate expressions use field aliasing")
                return self._add_path(path)
            case SelectItem(Function() as call, alias):
                return [self._add_call(call, alias)]
            case _:
                raise AssertionError(item)

    def _add_path(self, path: FieldPath) -> list[str]:
        column = self._scope.column(path)
        self._put(column, self.shape, 0, path.position)
        return [column.output[0]]

    def _expanded(self, item: Fields) -> list[FieldPath]:
        """The object's fields that the caller can read, in describe's order."""
        found, rights = self._scope.object, self._scope.statement.actor.rights
        return [
            FieldPath((field.name,), item.position)
            for field in found.sobject.fields.values()
            if item.kind is FieldSet.ALL or field.custom is (item.kind is FieldSet.CUSTOM)
            if rights.can_read_field(found.name, field.name)
        ]

    def _add_call(self, call: Function, alias: str | None) -> str:
        """`toLabel(Parent__r.Kind__c)` stands where the field would, or under its alias in the record itself."""
        if call.name != TO_LABEL or not isinstance(call.argument, FieldPath):
            raise Unsupported(f"the function {call.name}()")
        typed(self._scope, call)
        column = self._scope.column(call.argument)
        convert = labels.shown(column.field)
        if alias is None:
            self._put(column, self.shape, 0, call.position, convert)
            return column.output[0]
        self._add(self.shape, alias, column.sql, convert, call.position)
        return alias

    def _add_typeof(self, item: TypeOf) -> str:
        parent, outputs = self._scope.polymorphic(item.relationship)
        *above, name = outputs
        holder = self._holder(tuple(above), self.shape, 0)
        if name in holder.names:
            raise self._refuse(item.position, f"duplicate field selected: {name}")
        id_index, type_index = len(self.columns), len(self.columns) + 1
        self.columns += [parent.id_sql, parent.type_sql]
        variants: dict[str, RecordShape] = {}
        for branch in item.branches:
            real = next(
                (found.name for found, _ in parent.targets if found.name.lower() == branch.object.lower()), None
            )
            if real in variants:
                raise self._refuse(branch.position, f"duplicate type in TYPEOF: {branch.object}")
            variant = RecordShape(id_index, real)
            for path in branch.fields:
                column = self._scope.typed_column(item.relationship, branch.object, path)
                self._put(column, variant, len(outputs) + 1, path.position)
            variants[real or branch.object] = variant
        otherwise = RecordShape(id_index, None, type_index) if item.otherwise else None
        for path in item.otherwise:
            column = self._scope.column(FieldPath((*item.relationship.parts, *path.parts), path.position))
            if otherwise is not None:
                self._put(column, otherwise, len(outputs), path.position)
        holder.add_variants(name, TypeOfShape(type_index, variants, otherwise))
        return outputs[0]

    # ------------------------------------------------------------ columns

    def _put(
        self,
        column: Column,
        shape: RecordShape,
        depth: int,
        position: Position,
        convert: Callable[[Any], Any] | None = None,
    ) -> None:
        """Add a column to a shape that stands at a depth of the column's relationships."""
        holder = self._holder(column.parents, shape, depth)
        self._add(holder, column.field.name, column.sql, convert or values.printer(column.field.type), position)

    def _add(self, holder: RecordShape, name: str, sql: str, convert: Callable[[Any], Any], position: Position) -> None:
        if any(name.lower() == known.lower() for known in holder.names):
            raise self._refuse(position, f"duplicate field selected: {name}")
        holder.add_field(name, len(self.columns), convert)
        self.columns.append(sql)

    def _holder(self, parents: tuple[str, ...], shape: RecordShape, depth: int) -> RecordShape:
        """The shape of the parent that a column belongs to, made at its first field."""
        for end in range(depth + 1, len(parents) + 1):
            name = parents[end - 1]
            known = shape.parents.get(name)
            if known is None:
                parent = self._scope.parent(parents[:end])
                real = None if parent.polymorphic else parent.targets[0][0].name
                known = RecordShape(len(self.columns), real, len(self.columns) + 1)
                self.columns.append(parent.id_sql)
                if parent.polymorphic:
                    self.columns.append(parent.type_sql)
                shape.add_parent(name, known)
            shape = known
        return shape

    def _refuse(self, position: Position, message: str) -> ApiError:
        return self._scope.statement.refuse(position, "MALFORMED_QUERY", message)
