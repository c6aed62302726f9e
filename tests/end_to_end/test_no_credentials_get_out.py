"""Tokens, keys and passwords: in no answer, no log line and no byte of the database, and of use nowhere else."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import ConnectMode

from app.demo.mcp_client import MemoryStorage
from app.mcp.registry import all_tools
from app.org.caller import Scope as CallerScope
from app.settings import Settings
from app.store.encryption import Keyring, SealError
from app.store.grants import GrantKey, Purpose
from app.store.tables import Base
from tests.support.local_org import PASSWORD
from tests.support.logs import logged
from tests.support.planted import SentBytes, bytes_of, grants_of, of_salesforce
from tests.support.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio

CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("whoami", {}),
    ("query_meetings", {"period": "last_30_days", "detail": True, "limit": 100}),
    ("query_meetings", {"group_by": ["status", "month"]}),
    ("query_meetings", {"meeting_id": "BKT-9999999"}),
    ("query_meetings", {"access_token": "please"}),
    ("query_meetings", {"start": "yesterday-ish"}),
)
LLM = re.compile(r"llm|openai|anthropic|claude|gpt|gemini|mistral|api_?key|provider_?key|model_?key", re.IGNORECASE)


@pytest.fixture
def log() -> Generator[io.StringIO]:
    """All that the server logs at the wordiest level."""
    with logged() as stream:
        yield stream


@pytest.mark.requirement(
    "security.no_credentials_out", "security.encryption_at_rest", "security.no_passwords", "excluded.usage_dashboards"
)
async def test_no_secret_is_in_any_answer_log_line_or_byte_of_the_database(tmp_path: Path, log: io.StringIO) -> None:
    sent = SentBytes()
    ours: dict[str, str] = {}
    with running_server(tmp_path, around=sent.around) as server:
        modes: tuple[ConnectMode, ...] = ("auto", "legacy")
        for handle in ("admin", "rep1"):
            for mode in modes:
                storage = MemoryStorage()
                async with server.signed_in(handle, mode, storage) as client:
                    for tool, arguments in CALLS:
                        await client.call_tool(tool, arguments)
                tokens = await storage.get_tokens()
                assert tokens is not None
                assert tokens.refresh_token is not None
                ours |= {
                    f"{handle} {mode} access": tokens.access_token,
                    f"{handle} {mode} refresh": tokens.refresh_token,
                }
        await server.refused("nosets")
        grants = await grants_of(server)
        assert {grant.key.purpose for grant in grants} == set(Purpose)
        theirs = of_salesforce(server, grants)
    database = bytes_of(tmp_path)
    everything_sent = b"".join(answer for _, answer in sent.answers)
    sent_elsewhere = b"".join(answer for path, answer in sent.answers if path != "/token")
    logged = log.getvalue().encode()

    # What is searched is the real thing: it holds what may be in it.
    assert b"tool_call" in logged
    assert b"signed_in" in logged
    assert b"rep1@demo.example" in database
    assert ours["rep1 auto access"].encode() in everything_sent
    for name, secret in theirs.items():
        for place, held in (("answers", everything_sent), ("log", logged), ("database", database)):
            assert secret.encode() not in held, f"{name} is in the {place}"
    for name, secret in ours.items():
        for place, held in (("answers", sent_elsewhere), ("log", logged), ("database", database)):
            assert secret.encode() not in held, f"our token {name} is in the {place}"


@pytest.mark.requirement("security.encryption_at_rest")
async def test_a_grant_opens_with_the_256_bit_key_of_its_row_alone(demo_server: RunningServer) -> None:
    row = demo_server.rows("SELECT * FROM salesforce_grants WHERE purpose = 'org_connection'")[0]
    key = GrantKey(row["org_id"], row["user_id"], Purpose(row["purpose"]))
    sealed = {name: value for name, value in row.items() if isinstance(value, bytes)}
    assert len(sealed) == 2
    right, wrong = Keyring({"k1": bytes(range(32))}), Keyring({"k1": bytes(32)})
    for column, blob in sealed.items():
        place = {"table": "salesforce_grants", "row_id": key.row_id(column.removeprefix("sealed_"))}
        assert right.open(blob, **place).get_secret_value()
        for broken in (blob[:-1] + bytes([blob[-1] ^ 1]), blob[:-20] + blob[-19:]):
            with pytest.raises(SealError):
                right.open(broken, **place)
        with pytest.raises(SealError):
            wrong.open(blob, **place)
        with pytest.raises(SealError):
            right.open(blob, table="salesforce_grants", row_id=key.row_id("another"))


@pytest.mark.requirement("security.no_passwords")
async def test_our_tokens_are_good_here_alone_and_nothing_else_is_good_here(demo_server: RunningServer) -> None:
    storage = MemoryStorage()
    async with demo_server.signed_in("rep1", storage=storage) as client:
        await client.list_tools()
    tokens = await storage.get_tokens()
    assert tokens is not None
    salesforce = (await grants_of(demo_server))[0]
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

    async with httpx2.AsyncClient(headers=headers) as http:

        async def here(authorization: str) -> int:
            answer = await http.post(f"{demo_server.url}/mcp", json=call, headers={"Authorization": authorization})
            return answer.status_code

        assert await here(f"Bearer {tokens.access_token}") == 200
        assert await here(f"Bearer {tokens.refresh_token}") == 401
        assert await here(f"Bearer {salesforce.access_token.get_secret_value()}") in {400, 401}
        assert (
            await http.post(f"{demo_server.url}/mcp", json=call, auth=("rep1@demo.example", PASSWORD))
        ).is_client_error
        there = await http.get(
            f"{demo_server.org.url}/services/data/v66.0/limits",
            headers={"Authorization": f"Bearer {tokens.access_token}"},
        )
        assert there.status_code == 401
        by_password = {"grant_type": "password", "username": "rep1@demo.example", "password": PASSWORD}
        answer = await http.post(f"{demo_server.url}/token", data=by_password)
        assert answer.is_client_error
        assert "access_token" not in answer.text


@pytest.mark.requirement("security.no_llm_keys")
def test_there_is_no_place_for_an_llm_providers_key() -> None:
    settings = set(Settings.model_fields)
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    arguments = {
        f"{tool.name}.{argument}"
        for scope in CallerScope
        for tool in all_tools().listed(scope)
        for argument in tool.input_schema["properties"]
    }
    assert settings
    assert columns
    assert arguments
    assert [name for name in sorted(settings | columns | arguments) if LLM.search(name)] == []
