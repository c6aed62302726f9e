"""The org's users as the login page sees them: before anybody is signed in, past everybody's permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.local_org.errors import ApiError
from app.local_org.org import LocalOrg
from soql.binding import BindValue, bind
from soql.parser import parse
from soql.printer import to_text

_USER = (
    "SELECT Id, Username, Name, FirstName, LastName, Email, IsActive, TimeZoneSidKey, LocaleSidKey, LanguageLocaleKey, "
    "UserType, SmallPhotoUrl, LastModifiedDate FROM User"
)


@dataclass(frozen=True, slots=True)
class OrgUser:
    """A row of User. zone is IANA; modified is in UTC."""

    user_id: str
    username: str
    name: str
    first_name: str | None
    last_name: str
    email: str
    is_active: bool
    zone: str
    locale: str
    language: str
    user_type: str
    photo_url: str | None
    modified: datetime


class Directory:
    """Reads past everybody's permissions, as the org's own login page does."""

    def __init__(self, org: LocalOrg) -> None:
        self._org = org

    @property
    def org_id(self) -> str:
        """The 18-character id of the organization."""
        return self._org.info.org_id

    def by_username(self, username: str) -> OrgUser | None:
        """The user of that name, without regard to case."""
        return self._user(f"{_USER} WHERE Username = :username", username=username)

    def by_id(self, user_id: str) -> OrgUser | None:
        """The user of that id, of 15 or 18 characters."""
        if not (user_id.isascii() and user_id.isalnum() and len(user_id) in (15, 18)):
            return None
        return self._user(f"{_USER} WHERE Id = :id", id=user_id)

    def is_frozen(self, user_id: str) -> bool:
        """Whether an admin has frozen him: he cannot log in, though he is active."""
        return bool(self._rows("SELECT Id FROM UserLogin WHERE UserId = :id AND IsFrozen = true", id=user_id))

    def permission_sets(self, user_id: str) -> frozenset[str]:
        """Names of the permission sets assigned to him and in force, those of his groups included."""
        held = self._rows(
            "SELECT PermissionSet.Name, PermissionSetGroupId FROM PermissionSetAssignment WHERE AssigneeId = :id "
            "AND IsActive = true AND (ExpirationDate = null OR ExpirationDate > :now)",
            id=user_id,
            now=self._org.clock(),
        )
        names = {row["PermissionSet"]["Name"] for row in held if row["PermissionSetGroupId"] is None}
        groups = [row["PermissionSetGroupId"] for row in held if row["PermissionSetGroupId"] is not None]
        if groups:
            members = self._rows(
                "SELECT PermissionSet.Name FROM PermissionSetGroupComponent WHERE PermissionSetGroupId IN :groups",
                groups=groups,
            )
            names |= {row["PermissionSet"]["Name"] for row in members}
        return frozenset(names)

    def may_install(self, user_id: str) -> bool:
        """Whether he may install packages: he holds *Customize Application* and *Modify All Data*."""
        try:
            held = self._org.people.actor(user_id).rights.system
        except ApiError:
            return False
        return {"CustomizeApplication", "ModifyAllData"} <= held

    def _user(self, statement: str, **values: BindValue) -> OrgUser | None:
        rows = self._rows(statement, **values)
        if not rows:
            return None
        row = rows[0]
        return OrgUser(
            user_id=row["Id"],
            username=row["Username"],
            name=row["Name"],
            first_name=row["FirstName"],
            last_name=row["LastName"],
            email=row["Email"],
            is_active=row["IsActive"],
            zone=row["TimeZoneSidKey"],
            locale=row["LocaleSidKey"],
            language=row["LanguageLocaleKey"],
            user_type=row["UserType"],
            photo_url=row["SmallPhotoUrl"],
            modified=datetime.fromisoformat(row["LastModifiedDate"]),
        )

    def _rows(self, statement: str, **values: BindValue) -> list[dict[str, Any]]:
        """What a person typed into a form is bound as a value, never pasted into the statement."""
        return self._org.as_system().query(to_text(bind(parse(statement, binds=True), values)))["records"]
