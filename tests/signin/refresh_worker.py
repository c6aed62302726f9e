"""One process of many that all find the same Salesforce token refused. Prints the access token that it has in the end.

Arguments: public URL, org URL, database file, org id, user id, stale access token, number of calls at once.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from app.clock import system_clock
from app.org.tokens import SalesforceToken
from app.store.database import Database
from tests.support.sign_in_server import services_for, settings_for


async def main(public_url: str, org_url: str, file: str, org_id: str, user_id: str, stale: str, calls: str) -> None:
    settings = settings_for(public_url, org_url, Path(file))
    database = Database(settings.database_url)
    source = services_for(settings, database, system_clock).grants.of_user(org_id, user_id)
    token = SalesforceToken(access_token=SecretStr(stale), instance_url=org_url, org_id=org_id, user_id=user_id)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    renewed = await asyncio.gather(*(source.renewed(token) for _ in range(int(calls))))
    print(*{fresh.access_token.get_secret_value() for fresh in renewed}, flush=True)
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
