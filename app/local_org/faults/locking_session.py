"""A user's session in which a lock_row fault may refuse the write of a record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.local_org.engine import ids
from app.local_org.errors import ApiError
from app.local_org.faults.armed import ArmedFaults
from app.local_org.org import LocalOrg, Session


class LockingSession(Session):
    """path: that of the request or subrequest, for the faults to match."""

    def __init__(self, org: LocalOrg, user_id: str, faults: ArmedFaults, path: str) -> None:
        super().__init__(org, user_id)
        self._faults = faults
        self._path = path

    def create(self, object_name: str, values: Mapping[str, Any]) -> str:
        self._refuse_locked("POST", object_name, None)
        return super().create(object_name, values)

    def update(
        self,
        object_name: str,
        record_id: str,
        values: Mapping[str, Any],
        if_unmodified_since: datetime | None = None,
    ) -> None:
        self._refuse_locked("PATCH", object_name, record_id)
        super().update(object_name, record_id, values, if_unmodified_since)

    def upsert(self, object_name: str, ext_field: str, value: Any, values: Mapping[str, Any]) -> tuple[str, bool]:
        self._refuse_locked("PATCH", object_name, None)
        return super().upsert(object_name, ext_field, value, values)

    def delete(self, object_name: str, record_id: str) -> None:
        self._refuse_locked("DELETE", object_name, record_id)
        super().delete(object_name, record_id)

    def _refuse_locked(self, method: str, object_name: str, record_id: str | None) -> None:
        if not self._faults.locks_row(method, self._path, object_name):
            return
        full_id = None if record_id is None else ids.long_id(record_id)
        which = "" if full_id is None else f" or 1 records: {full_id[:15]}"
        raise ApiError(400, "UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to this record{which}", [])
