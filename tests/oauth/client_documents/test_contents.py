"""What a metadata document must say, and what of it is kept."""

import json
from typing import Any

import pytest

from app.oauth.client_documents.contents import client_details
from app.oauth.client_documents.refused import DocumentRefused, Reason

URL = "https://client.example/oauth/client.json"
GOOD: dict[str, Any] = {
    "client_id": URL,
    "client_name": "Client",
    "redirect_uris": ["https://client.example/callback"],
}


def details(**changes: Any) -> dict[str, Any]:
    members = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    return dict(client_details(json.dumps(members).encode(), URL))


def test_only_what_is_used_is_kept() -> None:
    kept = details(
        client_uri="https://client.example",
        logo_uri="https://client.example/logo.png",
        tos_uri="https://client.example/tos",
        contacts=["me@client.example"],
        jwks_uri="https://client.example/jwks",
        software_statement="x",
        scope="anything else",
    )
    assert kept == {
        "client_id": URL,
        "client_name": "Client",
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "bookit",
        "application_type": "web",
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "https://client.example/oauth/client"}, "its own URL"),
        ({"client_id": URL + "/"}, "its own URL"),
        ({"client_id": URL.upper()}, "its own URL"),
        ({"client_id": ...}, "its own URL"),
        ({"client_name": ...}, "client_name"),
        ({"client_name": " "}, "client_name"),
        ({"client_name": ["Client"]}, "client_name"),
        ({"redirect_uris": ...}, "redirect_uris"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": "https://client.example/callback"}, "redirect_uris"),
        ({"redirect_uris": ["http://client.example/callback", "myapp://callback", 7]}, "redirect_uris"),
        ({"client_secret": "s3cret"}, "secret"),
        ({"client_secret": ""}, "secret"),
        ({"client_secret_expires_at": 0}, "secret"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "private_key_jwt"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "client_secret_post"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "client_secret_basic"),
        ({"token_endpoint_auth_method": {"<script>": 1}}, "token_endpoint_auth_method"),
        ({"grant_types": ["client_credentials"]}, "grant_types"),
        ({"grant_types": "authorization_code"}, "grant_types"),
        ({"response_types": ["token"]}, "response_types"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentRefused, match=said) as refused:
        details(**changes)
    assert refused.value.reason is Reason.CONTENT
    assert "<" not in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 5000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(DocumentRefused):
        client_details(body, URL)


def test_a_client_that_prefers_a_key_but_can_do_without_is_taken_as_public() -> None:
    kept = details(
        token_endpoint_auth_method="private_key_jwt", token_endpoint_auth_methods_supported=["none", "private_key_jwt"]
    )
    assert kept["token_endpoint_auth_method"] == "none"


def test_redirect_uris_that_are_not_for_us_are_left_out() -> None:
    kept = details(redirect_uris=["myapp://callback", "http://127.0.0.1/callback", "http://client.example/callback"])
    assert kept["redirect_uris"] == ["http://127.0.0.1/callback"]
    assert kept["application_type"] == "native"


def test_a_client_that_wants_no_refresh_token_gets_none() -> None:
    assert details(grant_types=["authorization_code"])["grant_types"] == ["authorization_code"]


def test_the_name_is_one_short_line() -> None:
    assert details(client_name="A\n\u202eB" + "x" * 200)["client_name"].startswith("A B")
    assert len(details(client_name="x" * 500)["client_name"]) == 80
