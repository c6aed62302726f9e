"""Who a Salesforce user is to us at this moment: identity and scope, read with a token of his."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError

from app.org.caller import Caller, Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.gateway import Gateway
from app.org.ids import MalformedId, record_id
from app.org.tokens import SalesforceToken
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.scope import ScopeReader, ScopeUnreadable

FALLBACK_ZONE = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A user who may come in. timezone: an IANA name, his own, else the org's."""

    org_id: str
    user_id: str
    scope: Scope
    name: str
    email: str
    username: str
    timezone: str

    def caller(self, client_id: str) -> Caller:
        """He as the caller through that MCP client."""
        return Caller(
            org_id=self.org_id,
            user_id=self.user_id,
            scope=self.scope,
            name=self.name,
            email=self.email,
            username=self.username,
            timezone=self.timezone,
            client_id=client_id,
        )


class _UserInfo(BaseModel):
    """What is used of `/services/oauth2/userinfo` (Salesforce Help, userinfo endpoint)."""

    user_id: str
    organization_id: str
    preferred_username: str
    name: str
    email: str = ""
    zoneinfo: str | None = None
    active: bool = True


class StandingReader:
    """Reads standings."""

    def __init__(self, gateway: Gateway, scopes: ScopeReader) -> None:
        self._gateway = gateway
        self._scopes = scopes
        self._zones = available_timezones()

    async def read(self, token: SalesforceToken) -> Standing:
        """The standing of the user whose token this is.

        Raises SignInRefused (inactive, no permission set, scope unreadable), and OrgError when Salesforce does not
        answer, or with reconnect_required when it takes the token no more.
        """
        as_user = self._gateway.with_token(token)
        try:
            scope = await self._scopes.derive(token.user_id, as_user, self._gateway.for_sign_in(token.org_id))
        except ScopeUnreadable:
            raise SignInRefused(RefusalKind.SCOPE_UNREADABLE) from None
        if scope is None:
            raise SignInRefused(RefusalKind.NO_PERMISSION_SET)
        info = _parsed(await self._gateway.userinfo(token))
        if (info.organization_id, info.user_id) != (token.org_id, token.user_id):
            raise SignInRefused(RefusalKind.UNAVAILABLE, "Salesforce named another user than the one who signed in.")
        if not info.active:
            raise SignInRefused(RefusalKind.INACTIVE_USER)
        zone = info.zoneinfo
        if zone not in self._zones:
            rows = (await as_user.fetch("signin/organization")).rows
            zone = rows[0]["TimeZoneSidKey"] if rows else None
        return Standing(
            org_id=info.organization_id,
            user_id=info.user_id,
            scope=scope,
            name=info.name,
            email=info.email,
            username=info.preferred_username,
            timezone=zone if zone in self._zones else FALLBACK_ZONE,
        )


def _parsed(answer: Mapping[str, Any]) -> _UserInfo:
    try:
        info = _UserInfo.model_validate(answer)
        return info.model_copy(
            update={"user_id": record_id(info.user_id), "organization_id": record_id(info.organization_id)}
        )
    except (ValidationError, MalformedId):
        raise OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, "Salesforce did not say who signed in.") from None
