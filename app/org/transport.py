"""The HTTP side of simple-salesforce: one pooled session for all users and orgs, without the library's traps.

Source of each rule: what simple-salesforce 1.12 and requests do, read and run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

CONNECT_SECONDS = 3.05
"""Slightly above TCP's retransmission of 3 s, so that one lost packet does not fail a call (requests' own advice)."""

ORGS_KEPT = 64
"""Hosts whose connections stay open between calls."""


class SalesforceTransport(HTTPAdapter):
    """Sets the time-outs, which simple-salesforce does not, and drops `X-PrettyPrint`, half of an answer's bytes."""

    def __init__(self, *, read_seconds: float, connections: int, plain_http: bool = False) -> None:
        super().__init__(pool_connections=ORGS_KEPT, pool_maxsize=connections, pool_block=True)
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._plain_http = plain_http

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        request.headers.pop("X-PrettyPrint", None)
        if self._plain_http and request.url is not None:
            # simple-salesforce writes https:// whatever the instance's scheme is.
            request.url = request.url.replace("https://", "http://", 1)
        return super().send(
            request, stream=stream, timeout=timeout or self._timeout, verify=verify, cert=cert, proxies=proxies
        )


class SalesforceSession(requests.Session):
    """A session that carries nothing from one user's call to the next, and follows no redirect."""

    def __init__(self, *, read_seconds: float, connections: int, trusted_origin: str | None) -> None:
        super().__init__()
        self.headers["User-Agent"] = "bookit-mcp"
        # Salesforce's BrowserId and session cookies of one user must not travel with another's token.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # An auth of its own, which does nothing: without one requests would look for the host in ~/.netrc, and put
        # what it finds in place of the token.
        self.auth = _unchanged
        # No adapter for http:// at all, so that nothing can be sent in the clear by mistake.
        self.adapters.clear()
        self.mount("https://", SalesforceTransport(read_seconds=read_seconds, connections=connections))
        if trusted_origin is not None and trusted_origin.startswith("http://"):
            self.mount(
                f"https://{urlsplit(trusted_origin).netloc}/",
                SalesforceTransport(read_seconds=read_seconds, connections=connections, plain_http=True),
            )

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed: the API has none, and the token would go along."""
        del resp


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def quiet_library_logs() -> None:
    """urllib3 and simple-salesforce log addresses, which hold SOQL, at DEBUG: keep them above it."""
    for name in ("urllib3", "requests", "simple_salesforce"):
        logging.getLogger(name).setLevel(logging.WARNING)
