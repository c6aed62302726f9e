"""Settings that do not go together are refused, in words that name them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from app.cli.settings import setting_problems
from app.settings import Settings

RING = f"test:{base64.b64encode(bytes(32)).decode()}"
REQUIRED: dict[str, Any] = {
    "public_url": "https://bookit-mcp.example",
    "database_url": "sqlite+aiosqlite:///:memory:",
    "encryption_keys": RING,
    "signing_keys": RING,
    "salesforce_client_id": "test",
    "salesforce_client_secret": "test",
}
SENDER = "bookit@company.example"
SERVER: dict[str, Any] = {"smtp_host": "mail.company.example", "smtp_sender": SENDER}


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **REQUIRED, **values)  # pyright: ignore[reportCallIssue] (pydantic-settings' own)


@pytest.mark.parametrize(
    "values",
    [
        {},
        SERVER,
        {**SERVER, "invites": "on"},
        {**SERVER, "smtp_username": "mail-user", "smtp_password": "secret words", "smtp_security": "tls"},
        {"smtp_host": "127.0.0.1", "smtp_sender": SENDER, "smtp_security": "none", "smtp_port": 2525},
    ],
)
def test_mail_settings_that_go_together_are_taken(values: dict[str, Any]) -> None:
    taken = settings(**values)
    assert {name: getattr(taken, name) for name in values if name != "smtp_password"} == {
        name: value for name, value in values.items() if name != "smtp_password"
    }
    assert "secret words" not in repr(taken)


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://BookIt-MCP.example/", "https://bookit-mcp.example"),
        ("https://bookit-mcp.example:443", "https://bookit-mcp.example"),
        ("HTTPS://bookit-mcp.example:8443", "https://bookit-mcp.example:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_public_url_is_the_origin_as_browsers_write_it(written: str, origin: str) -> None:
    """They send it with every form of the integration page, which takes no other."""
    values = {**REQUIRED, "public_url": written}
    assert Settings(_env_file=None, **values).public_url == origin  # pyright: ignore[reportCallIssue] (as above)


def test_invites_are_off_and_mail_goes_encrypted_unless_told() -> None:
    assert settings().invites == "off"
    assert settings(**SERVER).smtp_security == "starttls"


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"invites": "on"}, "invites cannot be on without smtp_host and smtp_sender"),
        ({"smtp_sender": SENDER}, "smtp_sender means nothing without smtp_host"),
        ({"smtp_password": "secret words"}, "smtp_password means nothing without smtp_host"),
        ({"smtp_host": "mail.company.example"}, "smtp_host needs smtp_sender, the address that mail comes from"),
        ({**SERVER, "smtp_username": "mail-user"}, "smtp_username and smtp_password go together: set both or neither"),
        (
            {**SERVER, "smtp_password": "secret words"},
            "smtp_username and smtp_password go together: set both or neither",
        ),
        ({**SERVER, "smtp_security": "none"}, "smtp_security can be none only where smtp_host is on loopback"),
        ({**SERVER, "smtp_security": "ssl"}, "Input should be 'starttls', 'tls' or 'none'"),
        ({**SERVER, "smtp_sender": "BookIt <bookit@company.example>"}, "must be one plain address, without a name"),
        ({**SERVER, "smtp_sender": "bookit@company.example\r\nBcc: x@y.example"}, "must be one plain address"),
        ({"invites": "yes"}, "Input should be 'on' or 'off'"),
    ],
)
def test_mail_settings_that_do_not_are_refused_without_their_values(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**values)
    (line,) = setting_problems(refused.value)
    assert problem in line
    assert "secret words" not in line


@pytest.mark.parametrize("value", ["127.0.0.1", "127.0.0.1,10.0.0.0/8", "::1, 2001:db8::/32"])
def test_proxies_are_named_by_address_or_network(value: str) -> None:
    assert settings(trusted_proxies=value).trusted_proxies == value


@pytest.mark.parametrize(
    "value", ["*", "0.0.0.0/0", "", "proxy.internal", "10.0.0.1,", "10.0.0.1/8", "127.0.0.1;10.0.0.1"]
)
def test_what_would_trust_everybody_or_nobody_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="no address or network"):
        settings(trusted_proxies=value)
