"""The org's users as the login page sees them: before anybody is signed in, past everybody's permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


class Directory(Protocol):
    """Who there is and what he holds."""

    @property
    def org_id(self) -> str:
        """The 18-character id of the organization."""
        ...

    def by_username(self, username: str) -> OrgUser | None:
        """The user of that name, without regard to case."""
        ...

    def by_id(self, user_id: str) -> OrgUser | None:
        """The user of that 18-character id."""
        ...

    def is_frozen(self, user_id: str) -> bool:
        """Whether an admin has frozen him: he cannot log in, though he is active."""
        ...

    def permission_sets(self, user_id: str) -> frozenset[str]:
        """Names of the permission sets assigned to him and in force, those of his groups included."""
        ...

    def may_install(self, user_id: str) -> bool:
        """Whether he may install packages."""
        ...
