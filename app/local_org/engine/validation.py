"""Validation rules: a row is refused when a rule's formula is true."""

from __future__ import annotations

from collections.abc import Mapping

from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.storage import SqlValue, Storage


class Validation:
    def __init__(self, storage: Storage, names: Names) -> None:
        self._storage = storage
        self._names = names

    def check(
        self, actor: Actor, found: ObjectNames, row: Mapping[str, SqlValue], before: Mapping[str, SqlValue] | None
    ) -> None:
        """Raises FIELD_CUSTOM_VALIDATION_EXCEPTION with the message of the first rule that is true."""
