"""Which hosts a Salesforce token may be sent to, and which hosts a person may be sent to for a login.

Source: Salesforce Help, OAuth 2.0 Web Server Flow. `instance_url` comes out of an HTTP answer, so its host is checked
before a token follows it.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

INSTANCE_SUFFIXES = (".salesforce.com", ".force.com", ".salesforce.mil", ".cloudforce.com", ".sfcrmproducts.cn")
"""Salesforce's own domains. Each begins with a dot, so that `evilsalesforce.com` is not one of them."""

LOGIN_SUFFIXES = (".my.salesforce.com", ".my.salesforce.mil", ".my.sfcrmproducts.cn")
"""The domains of My Domain, where a customer's own login page stands."""

LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LIGHTNING_SUFFIX = ".lightning.force.com"


class UntrustedHost(Exception):
    """A URL that is neither Salesforce's nor the one trusted origin. The message names what to enter instead."""


class SalesforceHosts:
    """The rule, with the one exception that the operator made.

    trusted_origin: `scheme://host[:port]` beside Salesforce's own hosts, http too (the local org); None: no exception.
    """

    def __init__(self, trusted_origin: str | None) -> None:
        self._trusted = trusted_origin

    def instance_origin(self, url: str) -> str:
        """The origin of an `instance_url` or `id` URL, when tokens may go there. Raises UntrustedHost."""
        parts = _split(url)
        if self._is_trusted(parts):
            return _origin(parts)
        if not _is_plain_https(parts) or not (parts.hostname or "").endswith(INSTANCE_SUFFIXES):
            raise UntrustedHost("Salesforce answered with an address that is not one of Salesforce's hosts.")
        return f"https://{parts.hostname}"

    def login_origin(self, text: str) -> str:
        """The login page that a person named: `acme`, `acme.my.salesforce.com`, `acme--qa.sandbox.my.salesforce.com`,
        the same with https:// and a path, or the address of a Lightning page. Raises UntrustedHost."""
        entered = text.strip().lower()
        if _LABEL.fullmatch(entered):
            return f"https://{entered}.my.salesforce.com"
        parts = _split(entered if "://" in entered else f"https://{entered}")
        if self._is_trusted(parts):
            return _origin(parts)
        host = (parts.hostname or "").replace(_LIGHTNING_SUFFIX, ".my.salesforce.com")
        if not _is_plain_https(parts) or not (host in LOGIN_HOSTS or host.endswith(LOGIN_SUFFIXES)):
            raise UntrustedHost("Enter your org's My Domain, such as acme.my.salesforce.com.")
        return f"https://{host}"

    def is_trusted_origin(self, origin: str) -> bool:
        """True for the operator's own exception: the local org."""
        return origin == self._trusted

    def _is_trusted(self, parts: SplitResult) -> bool:
        return self._trusted is not None and "@" not in parts.netloc and _origin(parts) == self._trusted


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UntrustedHost("This is not the address of a Salesforce org.") from None
    return parts


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _is_plain_https(parts: SplitResult) -> bool:
    """https, a plain host name, the standard port, no user in front of the host."""
    host = parts.hostname or ""
    return parts.scheme == "https" and parts.netloc.lower() in {host, f"{host}:443"} and bool(_HOST.fullmatch(host))
