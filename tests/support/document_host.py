"""A web server on loopback for clients' metadata documents. It says byte for byte what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.clock import system_clock
from app.local_org.https import Certificates, make_certificates
from app.oauth.client_documents.fetching import SECONDS, DocumentFetcher

NAME = "documents.test"
CALLBACK = "http://127.0.0.1:53682/callback"

Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes | Mapping[str, Any], status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer. headers: `content_type` for Content-Type; application/json unless said otherwise."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-type": "application/json", "content-length": str(len(content)), "connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content


@dataclass
class FakeNames:
    """A resolver of our own: each name's addresses, one answer after the other, the last one for ever."""

    names: dict[str, list[Sequence[str]]] = field(default_factory=dict[str, list[Sequence[str]]])
    asked: list[str] = field(default_factory=list[str])

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise OSError(f"no such name: {host}")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class DocumentHost:
    """The running host. answers: what to say for each path. heads: the requests that came, without their bodies."""

    origin: str
    names: FakeNames
    certificates: Certificates
    answers: dict[str, bytes | Speak] = field(default_factory=dict[str, "bytes | Speak"])
    heads: list[str] = field(default_factory=list[str])

    def forget(self) -> None:
        """As it was at first: the name leads here, nothing is served, nobody came."""
        self.names.names = {urlsplit(self.origin).hostname or "": [["127.0.0.1"]]}
        self.names.asked.clear()
        self.answers.clear()
        self.heads.clear()

    def url(self, path: str = "/client.json") -> str:
        return self.origin + path

    def document(self, path: str = "/client.json", **changes: Any) -> dict[str, Any]:
        """A good document for that path. None takes a member away."""
        members = {
            "client_id": self.url(path),
            "client_name": "A documented client",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            **changes,
        }
        return {name: value for name, value in members.items() if value is not None}

    def serve(self, path: str = "/client.json", *, headers: Mapping[str, str] | None = None, **changes: Any) -> str:
        """Serves such a document; its URL."""
        self.answers[path] = answer(self.document(path, **changes), **(headers or {}))
        return self.url(path)

    def fetcher(self, *, seconds: float = SECONDS) -> DocumentFetcher:
        """A fetcher that resolves by our names and trusts our authority."""
        tls = ssl.create_default_context(cafile=self.certificates.ca)
        return DocumentFetcher(resolve=self.names, tls=tls, seconds=seconds)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            path = urlsplit(head.split()[1]).path
            what = self.answers.get(path, answer({}, "404 Not Found"))
            if isinstance(what, bytes):
                writer.write(what)
                await writer.drain()
            else:
                await what(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def document_host(folder: Path, *, name: str = NAME, certified: str = NAME) -> AsyncGenerator[DocumentHost]:
    """A host over TLS. name: of its origin; certified: the name that its certificate is for."""
    certificates = make_certificates(folder, system_clock(), [certified])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.certificate, certificates.key)
    host = DocumentHost("", FakeNames(), certificates)
    server = await asyncio.start_server(host._serve, "127.0.0.1", 0, ssl=tls)  # pyright: ignore[reportPrivateUsage]
    host.origin = f"https://{name}:{server.sockets[0].getsockname()[1]}"
    host.forget()
    try:
        yield host
    finally:
        server.close()
