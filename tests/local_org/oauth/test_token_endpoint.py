"""The token endpoint's refusals, rotation and revocation, over sockets."""

import secrets
from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from app.local_org.oauth.external_client_app import PermittedUsers
from tests.support.local_org import (
    CALLBACK,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    RunningLocalOrg,
    authorize,
    decide,
    log_in,
)

REP = "rep@demo.example"
VERIFIER = secrets.token_urlsafe(48)


def new_code(running: RunningLocalOrg) -> str:
    browser = running.browser()
    return decide(browser, log_in(browser, authorize(browser, VERIFIER), REP)).answer["code"]


def exchange(running: RunningLocalOrg, spent: str, **changed: str) -> requests.Response:
    values = {
        "grant_type": "authorization_code",
        "code": spent,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **changed,
    }
    return running.token(**{name: value for name, value in values.items() if value})


@pytest.mark.parametrize(
    ("changed", "error", "description"),
    [
        ({"code_verifier": "wrong" * 10}, "invalid_grant", "invalid code verifier"),
        ({"code_verifier": ""}, "invalid_grant", "invalid code verifier"),
        ({"code": "aPrxforged="}, "invalid_grant", "expired authorization code"),
        ({"code": ""}, "invalid_request", "missing required parameter: code"),
        ({"redirect_uri": "http://other.example"}, "redirect_uri_mismatch", "redirect_uri must match configuration"),
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"client_id": "3MVG9other"}, "invalid_client_id", "client identifier invalid"),
        ({"grant_type": "password"}, "unsupported_grant_type", "grant type not supported"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type", "grant type not supported"),
    ],
)
def test_a_bad_exchange_is_400_with_salesforces_words(
    running_local_org: RunningLocalOrg, changed: dict[str, str], error: str, description: str
) -> None:
    answer = exchange(running_local_org, new_code(running_local_org), **changed)
    assert answer.status_code == 400
    assert answer.json() == {"error": error, "error_description": description}
    assert "no-store" in answer.headers["cache-control"]


def test_pkce_does_not_stand_in_for_the_secret(running_local_org: RunningLocalOrg) -> None:
    answer = requests.post(
        f"{running_local_org.url}/services/oauth2/token",
        data={
            "grant_type": "authorization_code",
            "code": new_code(running_local_org),
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_id": CONSUMER_KEY,
        },
        timeout=10,
    )
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": "missing required parameter: client_secret",
    }


def test_a_code_works_once(running_local_org: RunningLocalOrg) -> None:
    code = new_code(running_local_org)
    assert exchange(running_local_org, code).status_code == 200
    assert exchange(running_local_org, code).json() == {
        "error": "invalid_grant",
        "error_description": "expired authorization code",
    }


def test_a_wrong_verifier_spends_the_code(running_local_org: RunningLocalOrg) -> None:
    code = new_code(running_local_org)
    assert exchange(running_local_org, code, code_verifier="wrong" * 10).status_code == 400
    assert exchange(running_local_org, code).status_code == 400


def test_a_rotated_refresh_token_used_again_ends_every_token_of_its_grant(running_local_org: RunningLocalOrg) -> None:
    first = running_local_org.sign_in(REP)
    answer = running_local_org.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["id"] == first["id"]
    api = running_local_org.api(second["access_token"])
    assert api.call("GET", "/limits").status_code == 200
    again = running_local_org.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "expired access/refresh token"},
    )
    assert api.call("GET", "/limits").status_code == 401
    last = running_local_org.token(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert last.status_code == 400


def test_a_deactivated_user_is_out_at_once_and_cannot_refresh(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(REP)
    admin = running_local_org.as_user("admin@demo.example")
    user_id = tokens["id"].rpartition("/")[2]
    changed = admin.call("PATCH", f"/sobjects/User/{user_id}", json={"IsActive": False})
    assert changed.status_code == 204, changed.text
    answer = running_local_org.api(tokens["access_token"]).call("GET", "/limits")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    refreshed = running_local_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json() == {"error": "invalid_grant", "error_description": "inactive user"}


def test_a_user_whose_approval_an_admin_took_back_cannot_refresh(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(REP)
    running_local_org.controls.external_client_app.change(permitted_users=PermittedUsers.ADMIN_APPROVED)
    refreshed = running_local_org.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json() == {
        "error": "invalid_app_access",
        "error_description": "user is not admin approved to access this app",
    }


def test_revoke_answers_200_and_nothing_and_a_dead_token_400(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(REP)
    url = f"{running_local_org.url}/services/oauth2/revoke"
    answer = requests.post(url, data={"token": tokens["refresh_token"]}, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert running_local_org.api(tokens["access_token"]).call("GET", "/limits").status_code == 401
    again = requests.post(url, data={"token": tokens["refresh_token"]}, timeout=10)
    assert (again.status_code, again.text) == (400, "error=invalid_token&error_description=invalid%20token")
    hinted = requests.post(url, data={"token": "x", "token_type_hint": "id_token"}, timeout=10)
    assert hinted.text.startswith("error=unsupported_token_type&")


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_authlibs_session_signs_in_refreshes_and_revokes(running_local_org: RunningLocalOrg, method: str) -> None:
    base = f"{running_local_org.url}/services/oauth2"
    client: Any = OAuth2Session(
        CONSUMER_KEY,
        CONSUMER_SECRET,
        scope="api refresh_token openid",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )
    url, state = client.create_authorization_url(f"{base}/authorize", code_verifier=VERIFIER)
    browser = running_local_org.browser()
    left = decide(browser, log_in(browser, browser.open(url), REP)).left_to
    token = client.fetch_token(f"{base}/token", authorization_response=left, state=state, code_verifier=VERIFIER)
    assert "expires_in" not in token
    refreshed = client.refresh_token(f"{base}/token", refresh_token=token["refresh_token"])
    assert refreshed["refresh_token"] != token["refresh_token"]
    assert client.revoke_token(f"{base}/revoke", token=refreshed["refresh_token"]).status_code == 200
    client.close()
