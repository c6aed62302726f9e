"""Every setting of the server, read from the environment (`BOOKIT_MCP_*`) or `.env`. Described in `.env.example`."""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.email_address import usable_address

KEY_BYTES = 32
_PORTS: Final = {"https": 443, "http": 80}
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SMTP_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""RFC 6409 (submission), RFC 8314 (submission over TLS), RFC 5321."""


def _parse_ring(text: str) -> dict[str, SecretStr]:
    """`id:base64,id:base64` → ordered ring. Raises ValueError naming the entry that is wrong, never its key."""
    ring: dict[str, SecretStr] = {}
    for number, entry in enumerate(text.split(","), start=1):
        key_id, separator, encoded = entry.strip().partition(":")
        if not separator or not key_id.isidentifier():
            raise ValueError(f"entry {number} must read ID:BASE64, the id a plain name")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise ValueError(f"the key {key_id!r} is not base64") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key {key_id!r} must have {KEY_BYTES} bytes, it has {len(key)}")
        if key_id in ring:
            raise ValueError(f"the key id {key_id!r} stands twice")
        ring[key_id] = SecretStr(encoded)
    return ring


KeyRing = Annotated[dict[str, SecretStr], NoDecode]
"""Key id → base64 of 32 random bytes. The first key is used to write, all of them to read."""


class Settings(BaseSettings):
    """All settings. What has no default must be set: nothing here hides a missing one."""

    model_config = SettingsConfigDict(env_prefix="BOOKIT_MCP_", env_file=".env", extra="forbid", frozen=True)

    public_url: str = Field(description="The URL that MCP clients see, without a path: https://bookit-mcp.example")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Addresses of the proxies in front, whose X-Forwarded-For is believed"
    )
    metrics_port: int | None = Field(default=None, ge=0, le=65535, description="Private port of /metrics; none: off")
    database_url: str = Field(description="sqlite+aiosqlite:///file or postgresql+asyncpg://…")
    encryption_keys: KeyRing = Field(description="Ring for Salesforce grants at rest: ID:BASE64[,ID:BASE64…]")
    signing_keys: KeyRing = Field(description="Ring for cursors, offers and confirm tokens: ID:BASE64[,ID:BASE64…]")

    salesforce_client_id: str = Field(description="Consumer key of the External Client App LeanDataECA")
    salesforce_client_secret: SecretStr = Field(description="Its consumer secret")
    salesforce_login_url: str = Field(default="https://login.salesforce.com")
    salesforce_sandbox_url: str = Field(default="https://test.salesforce.com")
    salesforce_trusted_origin: str | None = Field(
        default=None,
        description="One origin beside Salesforce's own hosts that tokens may be sent to; for the local org, http too",
    )
    salesforce_api_version: str = Field(default="66.0", pattern=r"^\d{2,3}\.0$")
    salesforce_timeout_seconds: float = Field(default=20.0, gt=0, le=30, description="Must end before a refresh lease")
    salesforce_connections: int = Field(default=32, ge=1)
    package_install_url: str = Field(
        default="https://login.salesforce.com/packaging/installPackage.apexp?p0=04t000000000000",
        description="Where an admin installs the LeanDataECA package",
    )
    schema_map: Path | None = Field(default=None, description="A TOML file that overrides names of the schema map")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    audit_retention_days: int = Field(default=365, ge=1)

    calls_per_minute: int = Field(default=120, ge=1, description="Tool calls of one caller, in each process")
    calls_at_once: int = Field(default=10, ge=1, description="Tool calls of one caller under way, in each process")
    org_calls_per_minute: int = Field(default=1200, ge=1, description="Tool calls of all callers of an org")
    org_calls_at_once: int = Field(default=50, ge=1, description="Tool calls of an org under way")
    requests_per_minute: int = Field(default=120, ge=1, description="Sign-in requests from one address")
    registrations_per_hour: int = Field(default=100, ge=1, description="Clients registered from one address")
    body_seconds: float = Field(default=10.0, gt=0, description="Within which a request's body must have arrived")
    client_metadata_trusted_origin: str | None = Field(
        default=None, description="One origin that client metadata may be read from though it is not public (tests)"
    )

    invites: Literal["on", "off"] = Field(default="off", description="off: the org's own calendar sync sends them")
    smtp_host: str | None = Field(default=None, min_length=1, description="The mail server; none: no mail at all")
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="None: 587, 465 or 25, as smtp_security is")
    smtp_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="none: loopback only")
    smtp_username: str | None = Field(default=None, min_length=1)
    smtp_password: SecretStr | None = Field(default=None, min_length=1)
    smtp_sender: str | None = Field(default=None, description="The address that mail comes from")
    smtp_timeout_seconds: float = Field(default=15.0, gt=0, le=60, description="For one batch of mail, from the start")

    @field_validator("encryption_keys", "signing_keys", mode="before")
    @classmethod
    def _ring(cls, value: object) -> object:
        return _parse_ring(value) if isinstance(value, str) else value

    @field_validator(
        "public_url",
        "salesforce_login_url",
        "salesforce_sandbox_url",
        "salesforce_trusted_origin",
        "client_metadata_trusted_origin",
    )
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be an origin: scheme://host[:port], no path")
        # As browsers write it in `Origin` and `Host`: in small letters, without the scheme's own port (RFC 6454).
        netloc = parts.netloc.lower()
        return f"{parts.scheme}://{netloc.removesuffix(f':{_PORTS[parts.scheme]}')}"

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        """uvicorn would never trust a name that it cannot read, and believe everybody for `*` and for all addresses."""
        for each in value.split(","):
            try:
                everybody = ipaddress.ip_network(each.strip()).prefixlen == 0
            except ValueError:
                everybody = True
            if everybody:
                raise ValueError(f"{each.strip()!r} is no address or network (10.0.0.0/8)")
        return value

    @model_validator(mode="after")
    def _https(self) -> Settings:
        for name in ("public_url", "salesforce_login_url", "salesforce_sandbox_url"):
            value: str = getattr(self, name)
            parts = urlsplit(value)
            if parts.scheme == "http" and parts.hostname not in LOOPBACK:
                raise ValueError(f"{name} must be https unless it is on loopback")
        return self

    @property
    def smtp_port_used(self) -> int:
        """smtp_port, else the usual one for smtp_security."""
        return self.smtp_port if self.smtp_port is not None else SMTP_PORTS[self.smtp_security]

    @field_validator("smtp_sender")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = usable_address(value)
        if address is None:
            raise ValueError("must be one plain address, without a name: bookit@company.example")
        return address

    @model_validator(mode="after")
    def _mail(self) -> Settings:
        if self.smtp_host is None:
            alone = [name for name in ("smtp_port", "smtp_username", "smtp_password", "smtp_sender") if self._has(name)]
            if alone:
                raise ValueError(f"{alone[0]} means nothing without smtp_host")
            if self.invites == "on":
                raise ValueError("invites cannot be on without smtp_host and smtp_sender")
            return self
        if self.smtp_sender is None:
            raise ValueError("smtp_host needs smtp_sender, the address that mail comes from")
        if self._has("smtp_username") != self._has("smtp_password"):
            raise ValueError("smtp_username and smtp_password go together: set both or neither")
        if self.smtp_security == "none" and self.smtp_host not in LOOPBACK:
            raise ValueError("smtp_security can be none only where smtp_host is on loopback")
        return self

    def _has(self, name: str) -> bool:
        return getattr(self, name) is not None
