"""Where secrets could get out, and which ones there are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.store.database import Database
from app.store.encryption import Keyring
from app.store.grants import Grant, GrantKey, Grants, Purpose
from tests.support.local_org import CONSUMER_SECRET, PASSWORD
from tests.support.running_server import RunningServer
from tests.support.sign_in_server import KEY


class SentBytes:
    """Every answer of our server, headers and all, by path."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, bytes]] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            sent = bytearray()

            async def keep(message: Message) -> None:
                for name, value in message.get("headers", ()):
                    sent.extend(name + b": " + value + b"\n")
                sent.extend(message.get("body", b""))
                await send(message)

            await app(scope, receive, keep)
            self.answers.append((scope.get("path", ""), bytes(sent)))

        return recorded


def bytes_of(folder: Path) -> bytes:
    """The database with what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in folder.glob("server.db*"))


async def grants_of(server: RunningServer) -> list[Grant]:
    """Every Salesforce grant, opened as the server opens it."""
    database = Database(server.settings.database_url)
    store = Grants(database, Keyring.from_settings(server.settings.encryption_keys), server.clock)
    try:
        found = [
            await store.find(GrantKey(row["org_id"], row["user_id"], Purpose(row["purpose"])))
            for row in server.rows("SELECT org_id, user_id, purpose FROM salesforce_grants")
        ]
    finally:
        await database.dispose()
    return [grant for grant in found if grant is not None]


def of_salesforce(server: RunningServer, grants: list[Grant]) -> Mapping[str, str]:
    """What opens Salesforce or what is stored of it, each secret by a name to show."""
    secrets = {"consumer secret": CONSUMER_SECRET, "password": PASSWORD, "encryption key": KEY}
    for grant in grants:
        access_token = grant.access_token.get_secret_value()
        assert server.org.controls.tokens.bearer(access_token) is not None, "not a living token"
        secrets[f"Salesforce access token, {grant.key.purpose}"] = access_token
        secrets[f"Salesforce refresh token, {grant.key.purpose}"] = grant.refresh_token.get_secret_value()
    return secrets
