"""Guesses tell nothing by how long they take. Not measured with a watch, which proves nothing on a busy machine, but
shown by what is done: the same statements for every wrong value, look-ups by hash alone, and no ordinary comparison of
anything secret.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.store.secrets import ACCESS_PREFIX, CODE_PREFIX, REFRESH_PREFIX, new_token
from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio

APP = Path(__file__).parents[2] / "app"
Statement = tuple[str, str]


@contextmanager
def executed(server: SignInServer) -> Generator[list[Statement]]:
    """The statements that our database is given meanwhile: their text, and their values as text."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        found.append((statement, str(values)))

    engine = server.database._engine.sync_engine  # pyright: ignore[reportPrivateUsage] (what it is given, not how)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def at_token(client: McpClient, name: str, value: str) -> list[Statement]:
    """What /token executes for a code or a refresh token that it refuses."""
    grant = "authorization_code" if name == "code" else "refresh_token"
    with executed(client.server) as statements:
        answer = await client.token(
            grant_type=grant, **{name: value}, redirect_uri=client.redirect_uri, code_verifier=client.verifier
        )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    return statements


async def at_mcp(server: SignInServer, token: str) -> list[Statement]:
    """What /mcp executes for an access token that it refuses."""
    with executed(server) as statements:
        assert (await server.call(token)).status_code == 401
    return statements


def texts(statements: list[Statement]) -> list[str]:
    return [text for text, _ in statements]


def new(prefix: str) -> str:
    return new_token(prefix).get_secret_value()


async def code_of(client: McpClient, handle: str) -> str:
    async with client.server.browser() as browser:
        return (await client.sign_in(browser, handle)).answer["code"]


async def test_every_wrong_code_costs_the_same(own_server: SignInServer) -> None:
    """Guesses that share more or less with a living code, one that has expired, another client's."""
    client, other = await own_server.client(), await own_server.client()
    code = await code_of(client, "rep")
    foreign = await code_of(other, "rep")
    guesses = [new(CODE_PREFIX), code[:-1] + ("A" if code[-1] != "A" else "B"), code[:20], "x", foreign]
    seen = [texts(await at_token(client, "code", guess)) for guess in guesses]
    own_server.clock.advance(timedelta(minutes=5))
    seen.append(texts(await at_token(client, "code", code)))
    assert seen[0]
    assert seen == [seen[0]] * len(seen)


async def test_every_wrong_refresh_token_costs_the_same(own_server: SignInServer) -> None:
    """The same for refresh tokens, and for access tokens in their place."""
    client, other = await own_server.client(), await own_server.client()
    tokens, foreign = await client.tokens_of("rep"), await other.tokens_of("rep")
    token = tokens["refresh_token"]
    guesses = [new(REFRESH_PREFIX), token[:-1] + ("A" if token[-1] != "A" else "B"), "x", tokens["access_token"]]
    seen = [texts(await at_token(client, "refresh_token", guess)) for guess in [*guesses, foreign["refresh_token"]]]
    own_server.clock.advance(timedelta(days=30))
    seen.append(texts(await at_token(client, "refresh_token", token)))
    assert seen[0]
    assert seen == [seen[0]] * len(seen)


async def test_every_wrong_access_token_costs_the_same(own_server: SignInServer) -> None:
    """Unknown, nearly right, expired, revoked, of another kind."""
    client = await own_server.client()
    tokens = await client.tokens_of("rep")
    revoked = await client.tokens_of("rep")
    await own_server.http.post("/revoke", data={"client_id": client.client_id, "token": revoked["access_token"]})
    token = tokens["access_token"]
    guesses = [new(ACCESS_PREFIX), token[:-1] + ("A" if token[-1] != "A" else "B"), "x", tokens["refresh_token"]]
    seen = [texts(await at_mcp(own_server, guess)) for guess in [*guesses, revoked["access_token"]]]
    own_server.clock.advance(timedelta(hours=1))
    seen.append(texts(await at_mcp(own_server, token)))
    assert len(seen[0]) == 1
    assert seen == [seen[0]] * len(seen)


async def test_the_database_never_compares_a_secret_only_its_hash(server: SignInServer) -> None:
    """An index compares from the left, and so takes longer the more is right: of a hash nobody can choose what is."""
    client = await server.client(token_endpoint_auth_method="client_secret_post")
    assert client.secret is not None
    with executed(server) as statements:
        code = await code_of(client, "rep")
        tokens = (await client.exchange(code)).json()
        assert (await server.call(tokens["access_token"])).status_code == 200
        fresh = (await client.refresh(tokens["refresh_token"])).json()
        data = {"client_id": client.client_id, "client_secret": client.secret, "token": fresh["refresh_token"]}
        assert (await server.http.post("/revoke", data=data)).status_code == 200
    values = "\n".join(values for _, values in statements)
    for secret in (code, tokens["access_token"], tokens["refresh_token"], fresh["refresh_token"]):
        assert hashlib.sha256(secret.encode()).hexdigest() in values
        assert secret not in values
        assert secret[:24] not in values
    assert client.secret not in values


SECRET = re.compile(r"token|secret|csrf|verifier|challenge|signature|password|hash|browser|^mac$|^state$|^code$", re.I)
COMPARED = {
    # Which of two readings of a grant is the newer one: both are ours.
    "older.refresh_token != tokens.refresh_token",
    "grant.access_token != stale.access_token",
    "grant.access_token == stale.access_token",
}
PLACES = ("edge", "oauth", "signin", "store", "web", "mcp")


def last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def comparisons() -> Iterator[str]:
    """Every `==` and `!=` of the code that handles what clients send, one side of which has the name of a secret. A
    column that ends in _hash is a look-up by hash, and a constant is no secret."""
    for place in PLACES:
        for path in sorted((APP / place).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Compare) or not any(isinstance(o, ast.Eq | ast.NotEq) for o in node.ops):
                    continue
                sides = [node.left, *node.comparators]
                by_hash = isinstance(node.left, ast.Attribute) and node.left.attr.endswith("_hash")
                if by_hash or any(isinstance(side, ast.Constant) for side in sides):
                    continue
                if any(SECRET.search(last_name(side)) for side in sides):
                    yield ast.unparse(node)


def test_nothing_secret_is_compared_but_in_constant_time() -> None:
    """hmac.compare_digest, or a look-up by hash. What is compared otherwise is listed above, with the reason."""
    assert set(comparisons()) == COMPARED
