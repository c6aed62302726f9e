"""The other user of a concurrent_edit: he changes and commits a record just before somebody else's write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app.local_org.engine import ids
from app.local_org.errors import ApiError
from app.local_org.faults.kinds import ConcurrentEdit
from app.local_org.faults.written_records import ByExternalId, ById, Written
from app.local_org.oauth.directory import Directory
from app.local_org.org import LocalOrg


def edit_records(org: LocalOrg, directory: Directory, fault: ConcurrentEdit, written: Iterable[Written]) -> None:
    """Changes the fault's record, or those that are about to be written; what does not exist is left alone.

    Raises ApiError when the org refuses the change (its values break a rule), LookupError for an unknown user.
    """
    asked = [ById(None, fault.record)] if fault.record is not None else written
    for one in asked:
        for object_name, record_id in _found(org, one):
            _edit(org, directory, fault, object_name, record_id)


def _found(org: LocalOrg, written: Written) -> list[tuple[str, str]]:
    if isinstance(written, ByExternalId):
        sobject = org.schema.find(written.object_name)
        field = next((f for f in sobject.fields if f.lower() == written.field.lower()), None) if sobject else None
        if sobject is None or field is None:
            return []
        quoted = written.value.replace("\\", "\\\\").replace("'", "\\'")
        soql = f"SELECT Id FROM {sobject.name} WHERE {field} = '{quoted}'"  # noqa: S608 - SOQL; both names are the schema's
        return [(sobject.name, row["Id"]) for row in org.as_system().query(soql)["records"]]
    full_id = ids.long_id(written.record_id)
    if full_id is None:
        return []
    return [(sobject.name, full_id) for sobject in org.schema.objects.values() if full_id[:3] == sobject.key_prefix]


def _edit(org: LocalOrg, directory: Directory, fault: ConcurrentEdit, object_name: str, record_id: str) -> None:
    try:
        before = org.as_system().get(object_name, record_id, ["LastModifiedDate"])
    except ApiError as error:
        if error.status == 404:
            return
        raise
    changed = datetime.fromisoformat(before["LastModifiedDate"])
    actor = org.system_actor()
    if fault.user is not None:
        user = directory.by_username(fault.user)
        if user is None:
            raise LookupError(f"no user {fault.user}")
        actor = org.people.actor(user.user_id)
    now = max(org.clock(), changed + timedelta(seconds=fault.seconds))
    org.records.update(replace(actor, now=now), object_name, record_id, dict(fault.values))
