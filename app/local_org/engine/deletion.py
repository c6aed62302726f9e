"""Deleting a row: what looks up to it is cleared, deleted with it, or forbids it."""

from __future__ import annotations

from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.storage import Storage, is_stored, quoted
from app.local_org.engine.triggers import Triggers
from app.local_org.errors import ApiError
from app.local_org.schema.model import DeleteRule, Field, SObject


class Deletion:
    """Soft deletion in one org, under the lookups' delete rules (Metadata API, CustomField.deleteConstraint)."""

    def __init__(self, storage: Storage, names: Names, triggers: Triggers) -> None:
        self._storage = storage
        self._names = names
        self._triggers = triggers

    def delete(self, found: ObjectNames, record_id: str, instant: int) -> None:
        """Mark the row and its cascades deleted, and clear the other lookups to it.

        instant: the SystemModstamp of what changes. Raises DELETE_FAILED where a lookup restricts.
        """
        self._mark(found.sobject, record_id, instant)
        for reference in self._names.references_to(found.name):
            child, field = reference.child, reference.field
            if not is_stored(field):
                continue
            children = self._children(child, field, record_id)
            if not children:
                continue
            if field.delete_rule is DeleteRule.CASCADE:
                cascaded = self._names.object(child.name)
                for child_id in children:
                    if cascaded is not None:
                        self.delete(cascaded, child_id, instant)
                self._storage.touched(child.name)
            elif field.delete_rule is DeleteRule.RESTRICT:
                raise _restricted(self._name(found, record_id), child, children)
            else:
                self._clear(child, field, record_id)
        for other, other_id in self._triggers.going_along(found, record_id, instant):
            self.delete(other, other_id, instant)
            self._storage.touched(other.name)

    def _mark(self, sobject: SObject, record_id: str, instant: int) -> None:
        stamp = ', "SystemModstamp" = :instant' if "SystemModstamp" in sobject.fields else ""
        sql = f'UPDATE {quoted(sobject.name)} SET _deleted = 1{stamp} WHERE "Id" = :id'  # noqa: S608
        self._storage.connection().execute(sql, {"instant": instant, "id": record_id})

    def _name(self, found: ObjectNames, record_id: str) -> str:
        name = next((field for field in found.sobject.fields.values() if field.name_field), None)
        if name is None:
            return found.sobject.label
        sql = f'SELECT {quoted(name.name)} FROM {quoted(found.name)} WHERE "Id" = ?'  # noqa: S608
        return str(self._storage.connection().execute(sql, (record_id,)).fetchone()[0])

    def _children(self, child: SObject, field: Field, record_id: str) -> list[str]:
        sql = f'SELECT "Id" FROM {quoted(child.name)} WHERE {quoted(field.name)} = ? AND _deleted = 0 ORDER BY "Id"'  # noqa: S608
        return [str(row[0]) for row in self._storage.connection().execute(sql, (record_id,))]

    def _clear(self, child: SObject, field: Field, record_id: str) -> None:
        column = quoted(field.name)
        sql = f"UPDATE {quoted(child.name)} SET {column} = NULL WHERE {column} = ? AND _deleted = 0"  # noqa: S608
        self._storage.connection().execute(sql, (record_id,))
        self._storage.touched(child.name)


def _restricted(name: str, child: SObject, children: list[str]) -> ApiError:
    """Source: SalesforceFoundation/EDA #458, up to the label. [BG] That ids end the text is unconfirmed."""
    message = (
        f"Your attempt to delete {name} could not be completed because it is associated with the following "
        f"{child.plural_label.lower()}.: {', '.join(record_id[:15] for record_id in children[:5])}"
    )
    return ApiError(400, "DELETE_FAILED", message, [])
