"""Whether somebody is still an admin of his org, asked through the org connection: no grant of his own is needed."""

from __future__ import annotations

from enum import Enum, auto

from app.org.caller import Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.gateway import Gateway
from app.signin.scope import ScopeReader, ScopeUnreadable


class AdminRight(Enum):
    """What was found. UNKNOWN: the org connection is gone, or may not read permission sets."""

    HELD = auto()
    LOST = auto()
    UNKNOWN = auto()


class AdminRights:
    """Reads rights. One for the process."""

    def __init__(self, gateway: Gateway, scopes: ScopeReader) -> None:
        self._gateway = gateway
        self._scopes = scopes

    async def of(self, org_id: str, user_id: str) -> AdminRight:
        """HELD while the user is active and has Full Access. Raises OrgError when Salesforce does not answer."""
        connection = self._gateway.for_sign_in(org_id)
        try:
            scope = await self._scopes.derive(user_id, connection, connection)
        except ScopeUnreadable:
            return AdminRight.UNKNOWN
        except OrgError as error:
            if error.code is OrgErrorCode.RECONNECT_REQUIRED:
                return AdminRight.UNKNOWN
            raise
        return AdminRight.HELD if scope is Scope.ADMIN else AdminRight.LOST
