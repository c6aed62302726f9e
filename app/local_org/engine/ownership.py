"""Who may be a row's owner. A queue may own rows of any object that takes one: QueueSobject is not modelled.

[BG] The texts are unconfirmed but for the inactive user's and the queue's, which are reported from real orgs.
"""

from __future__ import annotations

from app.local_org.engine.defaults import system_id
from app.local_org.engine.names import ObjectNames
from app.local_org.engine.people import People
from app.local_org.engine.storage import SqlValue, Storage
from app.local_org.errors import ApiError


class Ownership:
    """Checks the owners that rows are given to, in one org."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage = storage
        self._people = people

    def check(self, found: ObjectNames, owner: SqlValue) -> None:
        """Raises INACTIVE_OWNER_OR_USER, TRANSFER_REQUIRES_READ for a user who cannot read the object, and
        INVALID_CROSS_REFERENCE_KEY for a group that is no queue. Whether the owner exists is References' affair."""
        connection = self._storage.connection()
        if owner is None or owner == system_id():
            return
        if str(owner).startswith("00G"):
            row = connection.execute('SELECT Type FROM "Group" WHERE Id = ?', (owner,)).fetchone()
            if row is not None and row[0] != "Queue":
                message = "Queue not associated with this SObject type"
                raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", message, ["OwnerId"])
            return
        row = connection.execute('SELECT IsActive FROM "User" WHERE Id = ?', (owner,)).fetchone()
        if row is None:
            return
        if not row[0]:
            label = found.sobject.label.lower()
            message = f"operation performed with inactive user [{str(owner)[:15]}] as owner of {label}"
            raise ApiError(400, "INACTIVE_OWNER_OR_USER", message, [])
        if not self._people.rights_of(str(owner)).can(found.name, "read"):
            message = "You cannot give the record to this user, who has no read permission on it"
            raise ApiError(400, "TRANSFER_REQUIRES_READ", message, ["OwnerId"])
