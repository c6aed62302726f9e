"""Where a request comes from."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.types import Scope

UNKNOWN: Final = "unknown"
_SUBSCRIBER_BITS: Final = 64


def source_of(scope: Scope) -> str:
    """The caller's address, as limits count it: an IPv4 address, or the /64 network of an IPv6 one, for a subscriber
    has at least that (RFC 6177). What is no address counts as one, "unknown".

    Behind a trusted proxy it is the one that the proxy saw (uvicorn's ProxyHeadersMiddleware stands before this).
    """
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return UNKNOWN
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _SUBSCRIBER_BITS), strict=False))
