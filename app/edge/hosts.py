"""Which hosts and origins are ours. A page elsewhere can point a name of its own at us (DNS rebinding) and then reads
our answers as its own: such a request names that other host, and ends here.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app import metrics
from app.edge.refusals import refused

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS: Final = {"https": 443, "http": 80}
ANY_HOST: Final = frozenset({"/health", "/ready"})
"""A load balancer asks each replica by its address. The answers tell nothing to whom they were not meant for."""


class PublicHosts:
    """The public URL's host, with and without its default port; on loopback every name and port of it, for local
    clients have no other address. `:*` stands for any port.
    """

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        port = _PORTS[parts.scheme]
        self.hosts, self.origins = [parts.netloc], [f"{parts.scheme}://{parts.netloc}"]
        if parts.port is None:
            self.hosts.append(f"{parts.netloc}:{port}")
        elif parts.port == port and parts.hostname:
            self.hosts.append(parts.hostname)
            self.origins.append(f"{parts.scheme}://{parts.hostname}")
        if parts.hostname in _LOOPBACK:
            self.hosts += [f"{name}:*" for name in ("127.0.0.1", "localhost", "[::1]")]
            self.origins += [f"http://{name}:*" for name in ("127.0.0.1", "localhost", "[::1]")]

    def allows(self, host: str) -> bool:
        """Whether a Host header names us."""
        name, _, port = host.rpartition(":")
        return host in self.hosts or (port.isdecimal() and f"{name}:*" in self.hosts)


class HostCheck:
    """421 for a request that is meant for another host, whatever it asks for."""

    def __init__(self, app: ASGIApp, hosts: PublicHosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["path"] in ANY_HOST
            or self._hosts.allows(Headers(scope=scope).get("host", "").lower())
        ):
            await self._app(scope, receive, send)
        else:
            metrics.note_refusal("edge", "host")
            await refused(421, "misdirected_request", "This server does not answer for that host.")(
                scope, receive, send
            )
