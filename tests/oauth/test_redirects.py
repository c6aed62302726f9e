"""Redirect URIs: which may be registered, and when a requested one is a registered one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.oauth.redirects import CURSOR, form_target, is_loopback, is_same, may_be_registered, shown_host

PORTS = st.integers(1, 65535)
HOSTS = st.sampled_from(["localhost", "127.0.0.1", "[::1]"])


@given(HOSTS, PORTS, PORTS)
def test_on_loopback_the_port_does_not_matter(host: str, one: int, other: int) -> None:
    assert is_same(f"http://{host}:{one}/callback", f"http://{host}:{other}/callback")
    assert is_same(f"http://{host}/callback", f"http://{host}:{other}/callback")


@pytest.mark.parametrize(
    ("registered", "requested"),
    [
        ("http://localhost/callback", "http://127.0.0.1/callback"),
        ("http://127.0.0.1/callback", "https://127.0.0.1/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1/callback/"),
        ("http://127.0.0.1/callback", "http://127.0.0.1/callback?x=1"),
        ("http://127.0.0.1/callback", "http://127.0.0.1@evil.example/callback"),
        ("http://127.0.0.1/callback", "http://evil.example/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1.evil.example/callback"),
        ("https://claude.ai/cb", "https://claude.ai:8443/cb"),
        ("https://claude.ai/cb", "https://claude.ai/cb/../evil"),
        ("https://claude.ai/cb", "https://CLAUDE.ai/cb"),
        (CURSOR, CURSOR + "/"),
    ],
)
def test_everything_else_must_be_exactly_the_same(registered: str, requested: str) -> None:
    assert is_same(registered, registered)
    assert not is_same(registered, requested)


@given(st.text(max_size=60))
def test_only_https_loopback_and_cursors_own_may_be_registered(text: str) -> None:
    for uri in (text, f"http://{text}", f"x:{text}", f"https://{text}"):
        if may_be_registered(uri):
            assert uri == CURSOR or uri.lower().startswith("https://") or is_loopback(uri)
            assert "#" not in uri


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://claude.ai/api/mcp/auth_callback", "claude.ai"),
        ("http://127.0.0.1:33418/", "127.0.0.1:33418"),
        (CURSOR, "cursor://anysphere.cursor-mcp"),
    ],
)
def test_a_person_is_shown_the_host(uri: str, shown: str) -> None:
    assert shown_host(uri) == shown


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("https://claude.ai/cb", "https://claude.ai"),
        ("http://localhost:1/x", "http://localhost:1"),
        (CURSOR, "cursor:"),
    ],
)
def test_the_form_may_lead_to_the_clients_origin_or_scheme(uri: str, target: str) -> None:
    assert form_target(uri) == target
