"""Gets a metadata document from a URL that a stranger wrote, so that it reaches nothing but the public internet."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import anyio
import httpx2

from app.oauth.client_documents.public_addresses import NotPublic, Resolve, SystemResolver, public_addresses
from app.oauth.client_documents.refused import DocumentRefused, Reason
from app.oauth.client_documents.urls import HTTPS_PORT, DocumentUrl

SECONDS = 5.0
"""For all of it: to wait for a turn, to resolve, to connect, to read."""
MOST_BYTES = 16 * 1024
"""The draft (section 6.6) recommends 5 KB as a bound; documents of clients in use have passed that."""
AT_ONCE = 8
MOST_ADDRESSES = 4
_JSON = re.compile(r"application/(json|[a-z0-9.+-]+\+json)", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it came. max_age: what its Cache-Control allows; None where it says nothing."""

    body: bytes
    max_age: timedelta | None


class DocumentFetcher:
    """One for the process. resolve and tls: the machine's resolver and the usual authorities, unless a test brings its
    own."""

    def __init__(
        self, *, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._resolve = resolve or SystemResolver()
        self._given_tls = tls
        self._seconds = seconds
        self._turns = anyio.Semaphore(AT_ONCE)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when it is first needed: to read the authorities takes a tenth of a second."""
        return self._given_tls or httpx2.create_ssl_context(trust_env=False)

    async def fetch(self, url: DocumentUrl) -> Fetched:
        """The document. Raises DocumentRefused for whatever hinders it."""
        try:
            with anyio.fail_after(self._seconds):
                async with self._turns:
                    return await self._from_any(await self._addresses(url), url)
        except TimeoutError:
            raise DocumentRefused(
                Reason.UNREACHABLE, "The client's metadata document did not arrive in time."
            ) from None
        except (OSError, UnicodeError, httpx2.HTTPError) as error:
            raise DocumentRefused(Reason.UNREACHABLE, "The client's metadata document cannot be reached.") from error

    async def _addresses(self, url: DocumentUrl) -> Sequence[str]:
        if url.is_trusted:
            return await self._resolve(url.host)
        try:
            return await public_addresses(url.host, self._resolve)
        except NotPublic:
            raise DocumentRefused(
                Reason.ADDRESS, "The client's metadata document is not on a host of the public internet."
            ) from None

    async def _from_any(self, addresses: Sequence[str], url: DocumentUrl) -> Fetched:
        """From the first address that can be connected to."""
        for address in addresses[: MOST_ADDRESSES - 1]:
            try:
                return await self._from(address, url)
            except httpx2.ConnectError:
                continue
        return await self._from(addresses[-1], url)

    async def _from(self, address: str, url: DocumentUrl) -> Fetched:
        # The URL holds the very address that was checked, so nothing is resolved again. Certificate and SNI are for the
        # name. A client of its own: a pooled connection to this address might have been verified for another name.
        authority = f"[{address}]" if ":" in address else address
        named = url.host if url.port == HTTPS_PORT else f"{url.host}:{url.port}"
        async with (
            httpx2.AsyncClient(verify=self._tls, trust_env=False, timeout=self._seconds) as http,
            http.stream(
                "GET",
                f"{url.scheme}://{authority}:{url.port}{url.target}",
                headers={"Host": named, "Accept": "application/json", "Accept-Encoding": "identity"},
                follow_redirects=False,
                extensions={"sni_hostname": url.host},
            ) as response,
        ):
            _check(response)
            return Fetched(await _body(response), _max_age(response.headers.get("cache-control", "")))


def _check(response: httpx2.Response) -> None:
    if response.status_code != 200:
        # A redirect is one such: where it leads was not checked (section 4 of the draft forbids to follow it).
        raise _refused("must be answered with status 200 at its own URL")
    if not _JSON.fullmatch(response.headers.get("content-type", "").partition(";")[0].strip()):
        raise _refused("must be application/json")
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _refused("must not be compressed")


async def _body(response: httpx2.Response) -> bytes:
    """What came over the wire, never unpacked."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _refused(f"must have at most {MOST_BYTES // 1024} KiB")
    return bytes(body)


def _max_age(cache_control: str) -> timedelta | None:
    if "no-store" in cache_control.lower() or "no-cache" in cache_control.lower():
        return timedelta(0)
    match = _MAX_AGE.search(cache_control)
    return timedelta(seconds=int(match[1])) if match else None


def _refused(what: str) -> DocumentRefused:
    return DocumentRefused(Reason.ANSWER, f"The client's metadata document {what}.")
