"""scripts/deploy/nginx, run as it stands (ports, paths and the host's name aside) in front of the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from app.clock import system_clock
from app.demo.mcp_client import signed_in
from app.demo.processes import free_port
from app.local_org.https import Certificates, make_certificates
from tests.deploy.deploy_files import FOLDER
from tests.support.local_org import PASSWORD
from tests.support.nginx import Nginx, nginx_program, running_nginx
from tests.support.running_server import running_server

pytestmark = pytest.mark.anyio

LARGEST_BODY = 1024 * 1024


@contextmanager
def tls_proxy(folder: Path, certificates: Certificates, server: str, ports: tuple[int, int]) -> Generator[Nginx]:
    """In front of one server. ports: of http and of https. The name is localhost."""
    site = (FOLDER / "nginx" / "bookit-mcp.conf").read_text(encoding="utf-8")
    plain, encrypted = ports
    for there, here in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{encrypted} ssl http2;",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/nginx/bookit-mcp/upstream.conf": f"{folder}/upstream.conf",
        "/etc/nginx/bookit-mcp/proxy.conf": f"{FOLDER}/nginx/proxy.conf",
        "/etc/nginx/tls/bookit-mcp.pem": str(certificates.certificate),
        "/etc/nginx/tls/bookit-mcp-key.pem": str(certificates.key),
        "/var/log/nginx/bookit-mcp.log": f"{folder}/access.log",
        "server_name bookit-mcp.example;": "server_name localhost;",
    }.items():
        assert there in site, there
        site = site.replace(there, here)
    with running_nginx(folder, [server], port=encrypted, site=site) as nginx:
        yield nginx


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    nginx_program()
    return make_certificates(tmp_path_factory.mktemp("tls"), system_clock())


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))


@pytest.mark.usefixtures("trusted")
async def test_a_client_signs_in_and_calls_tools_over_tls(tmp_path: Path, certificates: Certificates) -> None:
    ports = free_port(), free_port()
    url = f"https://localhost:{ports[1]}"
    with (
        running_server(tmp_path, meetings=0, public_url=url) as server,
        tls_proxy(tmp_path / "nginx", certificates, server.address, ports),
    ):
        async with signed_in(url, "rep1@demo.example", SecretStr(PASSWORD)) as client:
            answer = (await client.call_tool("whoami", {})).structured_content
        async with httpx2.AsyncClient() as http:
            metadata = (await http.get(f"{url}/.well-known/oauth-authorization-server")).json()
            refused = await http.post(f"{url}/mcp", json={})
    assert answer is not None
    assert answer["caller"]["username"] == "rep1@demo.example"
    assert metadata["token_endpoint"] == f"{url}/token"
    assert refused.status_code == 401
    assert f'resource_metadata="{url}/' in refused.headers["WWW-Authenticate"]
    logged = (tmp_path / "nginx" / "access.log").read_text()
    assert "/signin/salesforce/callback" in logged
    assert "code=" not in logged
    assert "state=" not in logged


@pytest.mark.usefixtures("trusted")
async def test_what_the_server_is_told_of_a_request(tmp_path: Path, certificates: Certificates) -> None:
    ports = free_port(), free_port()
    url = f"https://localhost:{ports[1]}"
    async with _echoing() as server:
        with tls_proxy(tmp_path / "nginx", certificates, server, ports):
            async with httpx2.AsyncClient() as http:
                seen = (await http.get(url, headers={"X-Forwarded-For": "8.8.8.8", "X-Forwarded-Proto": "ftp"})).json()
                large = await http.post(url, content=b"x" * (LARGEST_BODY + 1))
                fits = await http.post(url, content=b"x" * LARGEST_BODY)
                plain = await http.get(f"http://localhost:{ports[0]}/some/path?a=b")
    assert seen["host"] == f"localhost:{ports[1]}"
    assert seen["x-forwarded-for"] == "127.0.0.1"  # and nothing of what the client says of itself
    assert seen["x-forwarded-proto"] == "https"
    assert seen["connection"] == "close"
    assert large.status_code == 413
    assert fits.status_code == 200
    assert (plain.status_code, plain.headers["Location"]) == (308, "https://localhost/some/path?a=b")


@asynccontextmanager
async def _echoing() -> AsyncGenerator[str]:
    """A server that answers with the headers it was sent: its address."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:-1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        await reader.readexactly(int(headers.get("content-length", "0")))
        body = json.dumps(headers).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0, limit=2 * LARGEST_BODY) as server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
