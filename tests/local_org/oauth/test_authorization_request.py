"""The parameters of authorize, and the start URL of the login page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.oauth.authorization_request import (
    RedirectedRefusal,
    ShownRefusal,
    granted_scope,
    read_authorization_request,
)
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.login import safe_start_url

CALLBACK = "https://mcp.example/cb"
APP = ExternalClientApp("3MVG9key", "secret", (CALLBACK,))
GOOD = {
    "response_type": "code",
    "client_id": APP.consumer_key,
    "redirect_uri": CALLBACK,
    "state": "s t&te",
    "code_challenge": "x" * 43,
    "code_challenge_method": "S256",
}


def test_a_good_request_is_read_and_asks_for_all_scopes_of_the_app() -> None:
    asked = read_authorization_request(GOOD, APP)
    assert asked.scope == "refresh_token openid api"
    assert asked.back(code="a=") == f"{CALLBACK}?code=a%3D&state=s+t%26te"


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        ({"client_id": "other"}, "invalid_client_id", "client identifier invalid"),
        ({"client_id": ""}, "invalid_client_id", "client identifier invalid"),
        ({"redirect_uri": f"{CALLBACK}/"}, "redirect_uri_mismatch", "redirect_uri must match configuration"),
        ({"redirect_uri": "https://evil.example"}, "redirect_uri_mismatch", "redirect_uri must match configuration"),
    ],
)
def test_a_bad_client_or_callback_is_shown_and_never_redirected(
    changed: dict[str, str], error: str, description: str
) -> None:
    with pytest.raises(ShownRefusal) as shown:
        read_authorization_request({**GOOD, **changed}, APP)
    assert (shown.value.refusal.error, shown.value.refusal.description) == (error, description)


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        ({"code_challenge": ""}, "invalid_request", "missing required code challenge"),
        ({"code_challenge": "short"}, "invalid_request", "invalid code challenge"),
        ({"code_challenge_method": "plain"}, "invalid_request", "invalid code challenge method"),
        ({"response_type": "token"}, "unsupported_response_type", "response type not supported"),
        ({"scope": "api full"}, "invalid_scope", "the requested scope is not allowed"),
        ({"display": "hologram"}, "invalid_request", "invalid display value"),
        ({"prompt": "none login"}, "invalid_request", "invalid prompt"),
    ],
)
def test_all_else_goes_back_to_the_callback_with_the_state(
    changed: dict[str, str], error: str, description: str
) -> None:
    with pytest.raises(RedirectedRefusal) as redirected:
        read_authorization_request({**GOOD, **changed}, APP)
    assert redirected.value.location.startswith(f"{CALLBACK}?")
    assert parse_qs(urlsplit(redirected.value.location).query) == {
        "error": [error],
        "error_description": [description],
        "state": ["s t&te"],
    }


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (None, "refresh_token openid api"),
        ("api refresh_token", "refresh_token api"),
        ("api offline_access", "refresh_token api"),
        ("api web", None),
    ],
)
def test_scopes_are_granted_in_the_apps_order_and_a_foreign_one_is_refused(
    asked: str | None, granted: str | None
) -> None:
    assert granted_scope(asked, APP) == granted


@pytest.mark.parametrize(
    ("start_url", "safe"),
    [
        ("/services/oauth2/authorize?a=b", "/services/oauth2/authorize?a=b"),
        ("/", "/"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
    ],
)
def test_a_login_never_sends_a_browser_elsewhere(start_url: str, safe: str) -> None:
    assert safe_start_url(start_url) == safe


@given(st.text())
def test_whatever_the_start_url_it_stays_a_path_of_this_org(start_url: str) -> None:
    safe = safe_start_url(start_url)
    assert safe.startswith("/")
    assert not safe[1:2] or safe[1] not in "/\\"
    assert safe.isascii()
    assert safe.isprintable()
