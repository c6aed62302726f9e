"""A grant that is refreshed at the local org for real, without a store."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from app.org.errors import OrgError, OrgErrorCode
from app.org.tokens import SalesforceToken
from tests.org.grants_in_memory import INTEGRATION_USER
from tests.support.local_org import RunningLocalOrg


@dataclass(slots=True)
class LiveGrant:
    """A TokenSource. Signs in when it is first asked; signs in again after `forget`."""

    org: RunningLocalOrg
    username: str
    user_id: str
    renewals: int = 0
    secrets: list[str] = field(default_factory=list[str])
    _token: SalesforceToken | None = None
    _refresh_token: str = ""

    async def current(self) -> SalesforceToken:
        if self._token is None:
            answer = self.org.sign_in(self.username)
            self._keep(answer["access_token"], answer["refresh_token"])
        assert self._token is not None
        return self._token

    async def renewed(self, stale: SalesforceToken) -> SalesforceToken:
        if self._token is not None and self._token != stale:
            return self._token
        self.renewals += 1
        answer = self.org.token(grant_type="refresh_token", refresh_token=self._refresh_token)
        if answer.status_code == 400 and answer.json()["error"] == "invalid_grant":
            raise OrgError(OrgErrorCode.RECONNECT_REQUIRED, "The grant is gone.")
        assert answer.status_code == 200, answer.text
        self._keep(answer.json()["access_token"], answer.json().get("refresh_token", self._refresh_token))
        assert self._token is not None
        return self._token

    def forget(self) -> None:
        self._token = None

    def _keep(self, access_token: str, refresh_token: str) -> None:
        self._refresh_token = refresh_token
        self.secrets += [access_token, refresh_token]
        self._token = SalesforceToken(
            access_token=SecretStr(access_token),
            instance_url=self.org.url,
            org_id=self.org.org.info.org_id,
            user_id=self.user_id,
        )


@dataclass(frozen=True, slots=True)
class LiveGrants:
    """Implements app.org.tokens.Grants. by_user: the org connection stands under INTEGRATION_USER."""

    by_user: dict[str, LiveGrant]

    def of_user(self, org_id: str, user_id: str) -> LiveGrant:
        del org_id
        return self.by_user[user_id]

    def of_org_connection(self, org_id: str) -> LiveGrant:
        del org_id
        return self.by_user[INTEGRATION_USER]

    def secrets(self) -> list[str]:
        return [secret for grant in self.by_user.values() for secret in grant.secrets]
