"""Planted secrets do not stand in the database's files, whatever table they went through."""

from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.store.authorizations import Authorizations, Upstream
from app.store.clients import Clients
from app.store.codes import Codes
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.grants import GrantKey, Grants
from app.store.one_time_codes import OneTimeCodes, canonical, new_code
from app.store.page_logins import LoginPurpose, PageLogins
from app.store.page_sessions import PageSessions
from app.store.tokens import Tokens
from tests.store.conftest import FakeClock
from tests.store.people import ORG, REQUEST, USER, person
from tests.store.test_page_sessions import admin

pytestmark = pytest.mark.anyio

PLANTED = "planted-secret-"


async def test_no_secret_is_stored_plain(database: Database, url: str, keyring: Keyring, clock: FakeClock) -> None:
    def plant(name: str) -> SecretStr:
        return SecretStr(PLANTED + name)

    authorizations = Authorizations(database, keyring, clock)
    codes, tokens = Codes(database, clock), Tokens(database, clock)
    await Clients(database, clock).save("client-1", {"client_name": "visible"}, secret=plant("client"))
    pending = await authorizations.add(REQUEST)
    await authorizations.bind(pending.authorization_id, plant("browser"))
    upstream = Upstream(plant("state"), "https://login.salesforce.com", plant("verifier"))
    await authorizations.consent(pending.authorization_id, plant("browser"), upstream)
    code = await codes.issue(REQUEST, person())
    taken = await codes.take(code)
    assert taken is not None
    first = await tokens.issue(taken.family_id, scopes=taken.scopes, audience=taken.resource)
    second = await tokens.rotate(first.refresh_token)
    assert second is not None
    one_time_code = new_code(ORG)
    await OneTimeCodes(database, clock).add(one_time_code, org_id=ORG, email="visible@x.example", requested_by=USER)
    grants = Grants(database, keyring, clock)
    grant = await grants.put(
        GrantKey(ORG, USER),
        access_token=plant("access"),
        refresh_token=plant("refresh"),
        instance_url="https://acme.my.salesforce.com",
        login_origin="https://login.salesforce.com",
    )
    await grants.save(grant, access_token=plant("access-2"), refresh_token=plant("refresh-2"))

    await PageLogins(database, keyring, clock).begin(PLANTED + "browser", LoginPurpose.SIGN_IN, upstream)
    page_session = await PageSessions(database, clock).begin(admin())

    stored = await everything_stored(database, url)
    assert page_session.get_secret_value().encode() not in stored
    assert b"visible" in stored  # the search looks at the right bytes
    assert PLANTED.encode() not in stored
    for typed in (one_time_code.get_secret_value()[5:], canonical(one_time_code.get_secret_value())[4:]):
        assert typed.encode() not in stored
    for issued in (code, first.access_token, first.refresh_token, second.access_token, second.refresh_token):
        assert issued.get_secret_value().encode() not in stored


async def everything_stored(database: Database, url: str) -> bytes:
    """SQLite: the file and its journal. PostgreSQL: the database's files and the write-ahead log."""
    if database.is_sqlite:
        path = Path(make_url(url).database or "")
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob("state.db*")))
    async with database.reading() as session:
        await session.execute(text("CHECKPOINT"))
        folder = (await session.execute(text("SHOW data_directory"))).scalar_one()
        own = text("SELECT oid FROM pg_database WHERE datname = current_database()")
        oid = (await session.execute(own)).scalar_one()
    files = ["find", f"{folder}/base/{oid}", f"{folder}/pg_wal", "-type", "f", "-exec", "cat", "{}", "+"]
    return (await anyio.run_process(files)).stdout
