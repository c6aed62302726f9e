"""The demo data into an org: users with their profiles and permission sets, then all other rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.local_org.demo_data.cast import EVERYBODY, ORG_CONNECTION
from app.local_org.demo_data.generate import generate
from app.local_org.demo_data.model import DemoData
from app.local_org.demo_data.options import DemoOptions
from app.local_org.engine import ids
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema

NAMESPACE = "LeanData"
GROUP = "LeanData_BookIt_Reps"


def demo_data(schema: Schema, options: DemoOptions) -> DemoData:
    """The rows, ids and all, that `load` puts into a fresh org; the same for the same options, wherever it is asked."""
    numbers: dict[str, int] = {}

    def new_id(object_name: str) -> str:
        numbers[object_name] = numbers.get(object_name, FIRST_NUMBER) + 1
        return ids.minted(schema.objects[object_name].key_prefix, numbers[object_name])

    return generate(options.now, new_id, seed=options.seed, meetings=options.meetings)


FIRST_NUMBER = 1000
"""Demo rows are numbered from here, past the rows that an org brings along itself."""


def load(org: LocalOrg, data: DemoData) -> None:
    """All rows in one transaction. Raises ApiError for a row that the org would refuse from anybody."""
    with org.transaction():
        profiles = _ids_by(org, "Profile", "Name")
        by_handle = {person.handle: person for person in EVERYBODY}
        users = [
            {**row, "ProfileId": profiles[by_handle[row["Username"].partition("@")[0]].profile]}
            for row in data.of("User")
        ]
        org.load("UserRole", data.of("UserRole"))
        org.load("User", users)
        _assign(org, data)
        for object_name, rows in data.rows.items():
            if object_name not in ("UserRole", "User"):
                org.load(object_name, rows)


def _ids_by(org: LocalOrg, object_name: str, *fields: str, where: str = "") -> dict[Any, str]:
    body = org.as_system().query(f"SELECT Id, {', '.join(fields)} FROM {object_name} {where}")  # noqa: S608
    found: dict[Any, str] = {}
    for row in body["records"]:
        values = tuple(row[field] for field in fields)
        found[values if len(fields) > 1 else values[0]] = row["Id"]
    return found


def _assign(org: LocalOrg, data: DemoData) -> None:
    sets = _ids_by(org, "PermissionSet", "NamespacePrefix", "Name", where="WHERE IsOwnedByProfile = false")
    groups = _ids_by(org, "PermissionSetGroup", "DeveloperName")
    aggregates = _ids_by(org, "PermissionSet", "PermissionSetGroupId", where="WHERE Type = 'Group'")
    rows: list[Mapping[str, Any]] = []
    for person in EVERYBODY:
        user = data.people[person.handle]
        ended = data.now - timedelta(days=1) if person.expired else None
        rows.extend(
            {"AssigneeId": user, "PermissionSetId": sets[_namespace(name), name], "ExpirationDate": ended}
            for name in person.sets
        )
        if person.group:
            group = groups[GROUP]
            rows.append({"AssigneeId": user, "PermissionSetId": aggregates[group], "PermissionSetGroupId": group})
    org.load("PermissionSetAssignment", rows)


def _namespace(permission_set: str) -> str | None:
    return None if permission_set == ORG_CONNECTION else NAMESPACE
