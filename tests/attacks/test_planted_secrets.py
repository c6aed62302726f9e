"""Every secret that there is, planted or made on the way, is looked for wherever something can get out: each answer,
each log line at the wordiest level, the raw files of the database with its journal, the metrics. What the SDK's own
client does is looked through in tests/end_to_end/test_no_credentials_get_out.py.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import secrets
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest

from app import metrics
from app.demo.browser import walk_through
from scripts.benchmarks import mcp_calls
from tests.support.local_org import PASSWORD
from tests.support.logs import logged
from tests.support.planted import SentBytes, bytes_of, grants_of, of_salesforce
from tests.support.running_server import RunningServer, running_server, username
from tests.support.wire import Wire

pytestmark = pytest.mark.anyio

REDIRECT = "https://client.example/callback"
SMTP_PASSWORD = "smtp-password-3f1c77"
SIGNING_KEY = base64.b64encode(bytes(range(100, 132))).decode()
SETTINGS: Any = {
    "SIGNING_KEYS": f"s1:{SIGNING_KEY}",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "1",
    "SMTP_SECURITY": "none",
    "SMTP_SENDER": "bookit@company.example",
    "SMTP_USERNAME": "mailer",
    "SMTP_PASSWORD": SMTP_PASSWORD,
    "INVITES": "on",
}


class ByHand:
    """A confidential client that keeps every secret of its sign-ins. Each is noted with the paths of ours whose answer
    may hold it: those that hand it over."""

    def __init__(self, server: RunningServer, http: httpx2.AsyncClient) -> None:
        self._server = server
        self._http = http
        self.secrets: dict[str, tuple[str, frozenset[str]]] = {}
        self._client: dict[str, str] = {}

    def keep(self, name: str, value: str, *paths: str) -> str:
        assert len(value) >= 16, f"{name} is too short to be looked for"
        self.secrets[f"{name} {len(self.secrets)}"] = (value, frozenset(paths))
        return value

    async def register(self) -> None:
        metadata = {
            "client_name": "By hand",
            "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "client_secret_post",
        }
        made = (await self._http.post("/register", json=metadata)).json()
        secret = self.keep("client secret", made["client_secret"], "/register")
        self._client = {"client_id": made["client_id"], "client_secret": secret}

    async def code(self, handle: str) -> tuple[str, str]:
        """The code of a sign-in, and its verifier."""
        verifier = self.keep("verifier", secrets.token_urlsafe(48))
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client["client_id"],
            "redirect_uri": REDIRECT,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        start = f"{self._server.url}/authorize?{urlencode(query)}"
        end = await walk_through(start, REDIRECT, {"username": username(handle), "pw": PASSWORD})
        code = parse_qs(urlsplit(end).query)["code"][0]
        return self.keep("code", code, "/signin/salesforce/callback"), verifier

    async def exchange(self, code: str, verifier: str, **changes: str) -> httpx2.Response:
        values = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier}
        return self._tokens(await self._http.post("/token", data={**self._client, **values, **changes}))

    async def refresh(self, token: str) -> httpx2.Response:
        values = {"grant_type": "refresh_token", "refresh_token": token}
        return self._tokens(await self._http.post("/token", data={**self._client, **values}))

    def _tokens(self, answer: httpx2.Response) -> httpx2.Response:
        for name in ("access_token", "refresh_token"):
            if answer.is_success and name in answer.json():
                self.keep(name, answer.json()[name], "/token")
        return answer

    async def call(self, token: str, tool: str, **arguments: Any) -> httpx2.Response:
        content = mcp_calls.body(tool, json.dumps(arguments)) % 1
        return await self._http.post("/mcp", content=content, headers=mcp_calls.headers(tool, token))


@pytest.fixture
def log() -> Generator[io.StringIO]:
    with logged() as stream:
        yield stream


async def test_no_planted_secret_is_found_anywhere(tmp_path: Path, log: io.StringIO) -> None:
    """A whole sign-in with its errors: a wrong client secret, a wrong verifier, a code used twice, a stolen refresh
    token, an org that fails in the middle, and a database that lacks its tables."""
    sent, wire = SentBytes(), Wire()
    with running_server(tmp_path, around=sent.around, around_org=wire.around, faults=True, **SETTINGS) as server:
        each_its_own = httpx2.Limits(max_keepalive_connections=0)  # after a 500 the server closes
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=30, limits=each_its_own) as http:
            client = ByHand(server, http)
            await client.register()
            code, verifier = await client.code("admin")
            for wrong in ({"client_secret": client.keep("wrong secret", "w" * 32)}, {"code_verifier": "v" * 43}):
                assert (await client.exchange(code, verifier, **wrong)).is_client_error
            tokens = (await client.exchange(code, verifier)).json()
            assert (await client.call(tokens["access_token"], "whoami")).status_code == 200
            fresh = (await client.refresh(tokens["refresh_token"])).json()
            for kind in ("unavailable", "truncate", "expire_session"):
                server.org.fault(kind, times=1, match={"path": "/services/data/*"})
                await client.call(fresh["access_token"], "query_meetings", limit=1)
            await client.call(fresh["access_token"], "query_meetings", access_token=tokens["access_token"])
            await client.call(fresh["access_token"], "query_meetings", meeting_id=tokens["refresh_token"])
            grants = await grants_of(server)
            again, second = await client.code("rep1")
            unseen = (await client.exchange(again, second)).json()["access_token"]
            assert (await client.exchange(again, second)).is_client_error
            await http.get("/mcp", params={"access_token": fresh["access_token"]})
            await http.post("/revoke", data={"token": fresh["access_token"], "client_id": "x"})
            await server.refused("nosets")
            with lost(server, "access_tokens", "authorization_codes", "refresh_tokens"):
                for broken in (
                    client.call(unseen, "whoami"),
                    client.exchange(again, second),
                    client.refresh(fresh["refresh_token"]),
                ):
                    assert (await broken).status_code == 500
            found = {name: (value, frozenset[str]()) for name, value in of_salesforce(server, grants).items()}
        database = bytes_of(tmp_path)  # while it runs, so that the journal is there
    places = {"log": ours(log), "database": database, "metrics": metrics.render()[0]}
    planted = {
        **client.secrets,
        **found,
        **at_salesforce(wire),
        "smtp password": (SMTP_PASSWORD, frozenset[str]()),
        "signing key": (SIGNING_KEY, frozenset[str]()),
    }
    assert len(planted) > 25
    assert (tmp_path / "server.db").exists()
    for name, (secret, may_be_in) in planted.items():
        for form in forms(secret):
            for place, held in places.items():
                assert form not in held, f"{name} is in the {place}"
            for path, answer in sent.answers:
                assert path in may_be_in or form not in answer, f"{name} is in an answer of {path}"
    assert_it_would_be_found(places, sent, client)


@contextmanager
def lost(server: RunningServer, *tables: str) -> Generator[None]:
    """The database lacks these meanwhile, so that everything that needs them breaks inside."""
    connection = sqlite3.connect(server.database, isolation_level=None)
    try:
        connection.execute("PRAGMA legacy_alter_table = ON")
        for table in tables:
            connection.execute(f"ALTER TABLE {table} RENAME TO lost_{table}")
        yield
        for table in tables:
            connection.execute(f"ALTER TABLE lost_{table} RENAME TO {table}")
    finally:
        connection.close()


def ours(log: io.StringIO) -> bytes:
    """Without the local org's access log, which is in this process too: our server keeps none."""
    return "".join(line for line in log.getvalue().splitlines(True) if '"uvicorn.access"' not in line).encode()


def at_salesforce(wire: Wire) -> Mapping[str, tuple[str, frozenset[str]]]:
    """What we sent to Salesforce: codes, verifiers, states. A state goes through the browser, in the redirect there."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for number, request in enumerate(wire.to("/services/oauth2/")):
        values = {**dict(parse_qsl(request.query)), **request.form()}
        for name in ("code", "code_verifier", "refresh_token", "token"):
            if name in values:
                found[f"{name} of Salesforce {number}"] = (values[name], frozenset())
        if "state" in values:
            found[f"state at Salesforce {number}"] = (values["state"], frozenset({"/authorize/consent"}))
    return found


def forms(secret: str) -> set[bytes]:
    """As it is, and as it stands in a URL, in base64, and as the bytes that a key is."""
    found = {secret.encode(), urlencode({"": secret})[1:].encode(), base64.b64encode(secret.encode()).rstrip(b"=")}
    if re.fullmatch(r"[A-Za-z0-9+/]{43}=", secret):
        found.add(base64.b64decode(secret))
    return found


def assert_it_would_be_found(places: Mapping[str, bytes], sent: SentBytes, client: ByHand) -> None:
    """What was searched is the real thing: it holds what may be in it."""
    assert b'"event":"tool_call"' in places["log"]
    assert b"authorization_code_reused" in places["log"]
    assert b"no such table" in places["log"]
    assert b"Traceback" in places["log"]
    assert username("rep1").encode() in places["database"]
    assert b"query_meetings" in places["database"], "the audit"
    assert b"bookit_tool_calls_total" in places["metrics"]
    handed_over = {path for _, paths in client.secrets.values() for path in paths}
    assert handed_over == {"/register", "/token", "/signin/salesforce/callback"}
    for secret, paths in client.secrets.values():
        assert not paths or any(path in paths and secret.encode() in answer for path, answer in sent.answers)
