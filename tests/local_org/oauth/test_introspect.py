"""Introspection, discovery, and access tokens in the shape of a JWT."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.local_org import CONSUMER_KEY, CONSUMER_SECRET, RunningLocalOrg, load_people, serving
from tests.support.movable_clock import MovableClock

REP = "rep@demo.example"
NOW = 1_795_447_800
"""2026-11-23 15:30 UTC."""


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def running(compiled_schema: Schema, clock: MovableClock) -> Generator[RunningLocalOrg]:
    org = LocalOrg(":memory:", compiled_schema, clock)
    load_people(org)
    with serving(org, clock=clock) as served:
        yield served
    org.close()


def introspect(running: RunningLocalOrg, **values: str) -> requests.Response:
    sent = {"client_id": CONSUMER_KEY, "client_secret": CONSUMER_SECRET, **values}
    return requests.post(f"{running.url}/services/oauth2/introspect", data=sent, timeout=10)


def test_an_access_token_is_told_about_with_its_end(running: RunningLocalOrg) -> None:
    tokens = running.sign_in(REP)
    answer = introspect(running, token=tokens["access_token"], token_type_hint="access_token")
    assert answer.json() == {
        "active": True,
        "scope": tokens["scope"],
        "client_id": CONSUMER_KEY,
        "username": REP,
        "sub": tokens["id"],
        "token_type": "access_token",
        "exp": NOW + 7200,
        "iat": NOW,
        "nbf": NOW,
    }


def test_a_refresh_token_is_told_about_and_its_rotation_ends_it(running: RunningLocalOrg) -> None:
    first = running.sign_in(REP)["refresh_token"]
    body = introspect(running, token=first, token_type_hint="refresh_token").json()
    assert (body["active"], body["token_type"], body["username"]) == (True, "refresh_token", REP)
    assert "exp" not in body
    running.token(grant_type="refresh_token", refresh_token=first)
    assert introspect(running, token=first).json() == {"active": False}


def test_looking_at_a_token_is_no_use_of_it(running: RunningLocalOrg, clock: MovableClock) -> None:
    token = running.sign_in(REP)["access_token"]
    clock.advance(timedelta(minutes=100))
    assert introspect(running, token=token).json()["exp"] == NOW + 7200
    clock.advance(timedelta(minutes=20))
    assert introspect(running, token=token).json() == {"active": False}


def test_what_ended_or_never_was_is_not_active(running: RunningLocalOrg) -> None:
    tokens = running.sign_in(REP)
    running.org.as_system().update("User", tokens["id"].rpartition("/")[2], {"IsActive": False})
    for token in (tokens["access_token"], tokens["refresh_token"], "00D!x"):
        assert introspect(running, token=token).json() == {"active": False}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"token": ""}, "invalid_request"),
        ({"token": "x", "client_id": "other"}, "invalid_client_id"),
        ({"token": "x", "client_secret": "wrong"}, "invalid_client"),
        ({"token": "x", "client_secret": ""}, "invalid_request"),
    ],
)
def test_only_the_app_itself_may_ask(running: RunningLocalOrg, values: dict[str, str], error: str) -> None:
    answer = introspect(running, **values)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_discovery_names_every_endpoint_and_each_is_there(running: RunningLocalOrg) -> None:
    found: dict[str, Any] = requests.get(f"{running.url}/.well-known/openid-configuration", timeout=10).json()
    endpoints = {name: url for name, url in found.items() if name.endswith(("_endpoint", "_uri"))}
    assert sorted(endpoints) == [
        "authorization_endpoint",
        "introspection_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
    ]
    for url in endpoints.values():
        statuses = {requests.request(method, url, timeout=10).status_code for method in ("GET", "POST")}
        assert statuses != {404, 405}, url


def test_with_the_policy_on_access_tokens_are_signed_jwts_that_work_and_end_like_others(
    running: RunningLocalOrg, clock: MovableClock
) -> None:
    running.controls.external_client_app.change(named_user_jwt=True)
    tokens = running.sign_in(REP)
    keys = KeySet.import_key_set(requests.get(f"{running.url}/id/keys", timeout=10).json())
    claims = jwt.decode(tokens["access_token"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == running.url
    assert claims["sfi"] == tokens["id"]
    assert claims["exp"] == NOW + 7200
    assert running.api(tokens["access_token"]).call("GET", "/limits").status_code == 200
    again = running.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert again["access_token"].count(".") == 2
    assert again["access_token"] != tokens["access_token"]
    clock.advance(timedelta(hours=3))
    assert running.api(tokens["access_token"]).call("GET", "/limits").status_code == 401


def test_tokens_are_opaque_unless_the_policy_says_otherwise(running: RunningLocalOrg) -> None:
    assert running.sign_in(REP)["access_token"].startswith("00Dxx0000000001!")
