"""A process that refreshes a Salesforce token and stops at one step of it, until it is killed.

Arguments: public URL, org URL, database file, org id, user id, stale access token, step: `request` (the lease is held,
nothing was sent), `answer` (the new token is in memory alone), `release` (it is stored, the lease is held).
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from app.clock import system_clock
from app.org.tokens import SalesforceToken
from app.settings import Settings
from app.signin.grants import StoredGrants
from app.signin.hosts import SalesforceHosts
from app.signin.salesforce import RefreshedTokens, SalesforceLogin
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.grants import Grants
from app.store.leases import Leases
from app.store.orgs import Orgs
from app.store.tokens import Tokens
from tests.support.sign_in_server import settings_for

STEPS = ("request", "answer", "release")


class _StoppingLogin(SalesforceLogin):
    """The real one, with a place to stop before and after the request."""

    def __init__(self, settings: Settings, hosts: SalesforceHosts, step: str) -> None:
        super().__init__(settings, hosts)
        self._step = step

    async def refresh(self, instance_url: str, refresh_token: SecretStr) -> RefreshedTokens:
        if self._step == "request":
            await _stop()
        fresh = await super().refresh(instance_url, refresh_token)
        if self._step == "answer":
            await _stop()
        return fresh


class _StoppingLeases(Leases):
    """The real ones, with a place to stop before a lease is given back."""

    stops = False

    async def release(self, name: str, owner: str) -> bool:
        if self.stops:
            await _stop()
        return await super().release(name, owner)


async def _stop() -> None:
    print("stopped", flush=True)
    await asyncio.Event().wait()


async def main(public_url: str, org_url: str, file: str, org_id: str, user_id: str, stale: str, step: str) -> None:
    settings = settings_for(public_url, org_url, Path(file))
    database = Database(settings.database_url)
    leases = _StoppingLeases(database, system_clock)
    leases.stops = step == "release"
    grants = StoredGrants(
        Grants(database, Keyring.from_settings(settings.encryption_keys), system_clock),
        leases,
        Orgs(database, system_clock),
        Tokens(database, system_clock),
        _StoppingLogin(settings, SalesforceHosts(settings.salesforce_trusted_origin), step),
        system_clock,
    )
    token = SalesforceToken(access_token=SecretStr(stale), instance_url=org_url, org_id=org_id, user_id=user_id)
    await grants.of_user(org_id, user_id).renewed(token)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
