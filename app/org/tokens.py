"""Where the gateway gets a Salesforce access token from. Implemented by app.signin.grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceToken:
    """One access token and where it may be sent.

    instance_url: the origin of the org's My Domain, checked by the sign-in (app.signin.hosts) before it gets here.
    org_id, user_id: 18-character ids of the org and of the user that the token stands for.
    """

    access_token: SecretStr
    instance_url: str
    org_id: str
    user_id: str


class TokenSource(Protocol):
    """The tokens of one grant, one after the other."""

    async def current(self) -> SalesforceToken:
        """The token to use now. Raises OrgError(reconnect_required) if the grant is gone."""
        ...

    async def renewed(self, stale: SalesforceToken) -> SalesforceToken:
        """A token other than `stale`, which Salesforce has just refused with 401.

        Somebody else may have renewed it meanwhile: then that one is returned and nothing is refreshed.
        Raises OrgError(reconnect_required) if Salesforce takes the refresh token no more.
        """
        ...


class Grants(Protocol):
    """The stored Salesforce grants, by whom they speak for."""

    def of_user(self, org_id: str, user_id: str) -> TokenSource:
        """The grant of a signed-in person."""
        ...

    def of_org_connection(self, org_id: str) -> TokenSource:
        """The org's own grant, apart from any person's sign-in."""
        ...
