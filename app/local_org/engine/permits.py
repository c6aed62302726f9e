"""What the engine asks about the running user: his rights, and the settings that date literals depend on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from app.local_org.engine import locales
from app.local_org.engine.date_literals import Today
from app.local_org.engine.hierarchy import Standing

ObjectRight = Literal["read", "create", "edit", "delete", "view_all", "modify_all"]


class Rights(Protocol):
    """Object, field and system permissions of one user; access.Access has this shape."""

    @property
    def system(self) -> frozenset[str]: ...

    def can(self, object_name: str, right: ObjectRight, /) -> bool: ...

    def can_read_field(self, object_name: str, field_name: str, /) -> bool: ...

    def can_edit_field(self, object_name: str, field_name: str, /) -> bool: ...


class EveryRight:
    """The rights of the org itself: its own rows, bulk loads, Tooling objects."""

    system = frozenset({"ViewAllData", "ModifyAllData", "ViewSetup"})

    def can(self, object_name: str, right: ObjectRight, /) -> bool:  # noqa: ARG002 - the shape of Rights
        return True

    def can_read_field(self, object_name: str, field_name: str, /) -> bool:  # noqa: ARG002 - the shape of Rights
        return True

    def can_edit_field(self, object_name: str, field_name: str, /) -> bool:  # noqa: ARG002 - the shape of Rights
        return True


@dataclass(frozen=True, slots=True)
class Actor:
    """The user that a call runs as: 18-character id, rights, IANA zone, LocaleSidKey, and the instant of the call.

    standing: where he stands among roles and groups; the default stands nowhere.
    """

    user_id: str
    rights: Rights
    zone: ZoneInfo
    locale: str
    now: datetime
    standing: Standing = field(default_factory=Standing)

    @property
    def today(self) -> Today:
        return Today(self.now.astimezone(self.zone).date(), locales.first_weekday(self.locale))
