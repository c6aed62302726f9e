"""Which addresses we may be sent to by a URL that a stranger wrote: those of the public internet, and no others.

Source: the IANA registries of special-purpose addresses and of IPv6 global unicast.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host name, as text. Raises OSError when it has none."""

RESOLVING_THREADS = 8
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The one block that is given out. IPv4-mapped and NAT64 addresses, which carry an IPv4 one inside, lie beyond it."""
_NEVER = (
    IPv6Network("2001::/23"),  # Teredo, which carries an IPv4 address, and other protocols' own
    IPv6Network("2002::/16"),  # 6to4, which carries one too
    IPv6Network("3fff::/20"),  # documentation
)
_NEVER_IPV4 = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""Protocols' own, and the relays of 6to4: not in every Python's list."""


class NotPublic(Exception):
    """The host leads, or may lead, to an address that is not public."""


def is_public(address: str) -> bool:
    """True for a unicast address of the public internet."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    # is_global alone would let multicast through, whose groups may be of global scope.
    if not parsed.is_global or parsed.is_multicast:
        return False
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _NEVER_IPV4)
    return parsed in _GLOBAL_UNICAST and not any(parsed in network for network in _NEVER)


async def public_addresses(host: str, resolve: Resolve) -> Sequence[str]:
    """The addresses of a host, all of them public: connect to these and resolve no second time, for the name may lead
    elsewhere by then. Raises NotPublic when one of them is not, OSError when there are none."""
    addresses = await resolve(host)
    if not all(is_public(address) for address in addresses):
        raise NotPublic(host)
    return addresses


class SystemResolver:
    """The machine's own resolver, in threads of its own: names that are slow on purpose hold up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(RESOLVING_THREADS, thread_name_prefix="resolver")

    async def __call__(self, host: str) -> Sequence[str]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)


def _look_up(host: str) -> Sequence[str]:
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))
