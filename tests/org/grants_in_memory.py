"""Grants that are given by hand: what app.signin.grants is in the server, without a store or a token endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from app.org.errors import OrgError, OrgErrorCode
from app.org.ids import record_id
from app.org.tokens import SalesforceToken

ORG = record_id("00Dxx0000001gER")
OTHER_ORG = record_id("00Dxx0000001gES")
REP = record_id("005xx000001Sv6A")
OTHER_REP = record_id("005xx000001Sv6B")
INTEGRATION_USER = record_id("005xx000001Sv6Z")
INSTANCE = "https://acme.my.salesforce.com"


def token(
    text: str = "token-1", *, instance_url: str = INSTANCE, org_id: str = ORG, user_id: str = REP
) -> SalesforceToken:
    return SalesforceToken(access_token=SecretStr(text), instance_url=instance_url, org_id=org_id, user_id=user_id)


@dataclass(slots=True)
class TokensInTurn:
    """A TokenSource over a list: each renewal goes to the next one, and past the last the grant is gone."""

    tokens: list[SalesforceToken]
    renewals: int = 0

    async def current(self) -> SalesforceToken:
        return self.tokens[0]

    async def renewed(self, stale: SalesforceToken) -> SalesforceToken:
        if self.tokens[0] != stale:
            return self.tokens[0]
        self.renewals += 1
        self.tokens.pop(0)
        if not self.tokens:
            raise OrgError(OrgErrorCode.RECONNECT_REQUIRED, "The grant is gone.")
        return self.tokens[0]


@dataclass(slots=True)
class GrantsInMemory:
    """Sources by (org, user); the org connection stands under INTEGRATION_USER."""

    sources: dict[tuple[str, str], TokensInTurn] = field(default_factory=dict[tuple[str, str], TokensInTurn])

    def of_user(self, org_id: str, user_id: str) -> TokensInTurn:
        return self.sources[org_id, user_id]

    def of_org_connection(self, org_id: str) -> TokensInTurn:
        return self.sources[org_id, INTEGRATION_USER]
