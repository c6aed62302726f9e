"""The web-server flow with PKCE, over sockets, forms filled in."""

import base64
import hmac
import secrets
from urllib.parse import quote

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

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


def test_login_then_approval_then_a_code_with_the_state(running_local_org: RunningLocalOrg) -> None:
    browser = running_local_org.browser()
    page = authorize(browser, VERIFIER)
    assert page.url.startswith(f"{running_local_org.url}/login?startURL=")
    assert {"username", "pw"} <= set(page.form.fields)
    page = log_in(browser, page, REP)
    assert "Allow Access?" in page.text
    assert "LeanDataECA" in page.text
    page = decide(browser, page)
    assert page.left_to is not None
    assert page.left_to.startswith(f"{CALLBACK}?")
    assert page.answer["state"] == "st/ate"
    assert page.answer["code"].endswith("=")


def test_the_token_answer_has_salesforces_fields_and_no_expires_in(running_local_org: RunningLocalOrg) -> None:
    body = running_local_org.sign_in(REP, nonce="n-0S6_WzA2Mj")
    assert list(body) == [
        "access_token",
        "refresh_token",
        "signature",
        "scope",
        "id_token",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    ]
    assert body["access_token"].startswith("00Dxx0000000001!AQ")
    assert body["refresh_token"].startswith("5Aep861")
    assert set(body["scope"].split()) == {"api", "refresh_token", "openid"}
    assert body["instance_url"] == running_local_org.url
    assert body["id"].startswith(f"{running_local_org.url}/id/00Dxx0000000001EAA/005")
    assert body["token_type"] == "Bearer"
    assert body["issued_at"].isdigit()
    assert len(body["issued_at"]) == 13
    signed = hmac.digest(CONSUMER_SECRET.encode(), (body["id"] + body["issued_at"]).encode(), "sha256")
    assert base64.b64decode(body["signature"]) == signed


def test_the_id_token_is_signed_by_the_published_key_and_names_the_user(running_local_org: RunningLocalOrg) -> None:
    body = running_local_org.sign_in(REP, nonce="n-1")
    discovered = requests.get(f"{running_local_org.url}/.well-known/openid-configuration", timeout=10).json()
    keys = KeySet.import_key_set(requests.get(discovered["jwks_uri"], timeout=10).json())
    claims = jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["sub"] == body["id"]
    assert claims["aud"] == CONSUMER_KEY
    assert claims["iss"] == discovered["issuer"] == running_local_org.url
    assert claims["nonce"] == "n-1"


@pytest.mark.parametrize(
    ("username", "password"),
    [(REP, "wrong"), ("nobody@demo.example", "demo-password"), ("inactive@demo.example", "demo-password"), ("", "")],
)
def test_a_bad_login_stays_on_the_page_and_tells_nobody_why(
    running_local_org: RunningLocalOrg, username: str, password: str
) -> None:
    browser = running_local_org.browser()
    page = log_in(browser, authorize(browser, VERIFIER), username, password)
    assert page.status == 200
    assert "Please check your username and password." in page.text
    assert page.form.fields["username"] == username


def test_a_frozen_user_cannot_log_in(running_local_org: RunningLocalOrg) -> None:
    org = running_local_org.org
    user_id = org.as_system().query(f"SELECT Id FROM User WHERE Username = '{REP}'")["records"][0]["Id"]
    org.load("UserLogin", [{"UserId": user_id, "IsFrozen": True}])
    browser = running_local_org.browser()
    page = log_in(browser, authorize(browser, VERIFIER), REP)
    assert "Please check your username and password." in page.text


def test_a_quote_in_the_username_is_only_a_character(running_local_org: RunningLocalOrg) -> None:
    browser = running_local_org.browser()
    page = log_in(browser, authorize(browser, VERIFIER), "x' OR Username LIKE '%")
    assert "Please check your username and password." in page.text


def test_who_denies_is_sent_back_with_access_denied(running_local_org: RunningLocalOrg) -> None:
    browser = running_local_org.browser()
    page = decide(browser, log_in(browser, authorize(browser, VERIFIER), REP), "deny")
    assert page.answer == {
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": "st/ate",
    }


@pytest.mark.parametrize(
    ("change", "error", "description"),
    [
        (
            {"installed": False},
            "OAUTH_EC_APP_NOT_FOUND",
            "External client app is not installed in this org",
        ),
        ({"blocked": True}, "OAUTH_APP_BLOCKED", "this app is blocked by admin"),
        (
            {"permitted_users": PermittedUsers.ADMIN_APPROVED},
            "OAUTH_APP_ACCESS_DENIED",
            "user is not admin approved to access this app",
        ),
    ],
)
def test_the_orgs_policy_refuses_after_a_good_login(
    running_local_org: RunningLocalOrg, change: dict[str, object], error: str, description: str
) -> None:
    running_local_org.controls.external_client_app.change(**change)
    browser = running_local_org.browser()
    page = log_in(browser, authorize(browser, VERIFIER), REP)
    assert page.answer == {"error": error, "error_description": description, "state": "st/ate"}


def test_a_pre_authorized_user_is_not_asked_for_consent(running_local_org: RunningLocalOrg) -> None:
    running_local_org.controls.external_client_app.change(
        permitted_users=PermittedUsers.ADMIN_APPROVED, pre_authorized=frozenset({"LeanData_Dashboard_Access"})
    )
    browser = running_local_org.browser()
    assert "code" in log_in(browser, authorize(browser, VERIFIER), REP).answer


def test_consent_is_asked_once_and_again_on_demand(running_local_org: RunningLocalOrg) -> None:
    running_local_org.sign_in(REP)
    browser = running_local_org.browser()
    assert "code" in log_in(browser, authorize(browser, VERIFIER), REP).answer
    assert "code" in authorize(browser, VERIFIER).answer
    assert "Allow Access?" in authorize(browser, VERIFIER, prompt="consent").text


def test_prompts_login_demands_a_login_and_none_forbids_any_page(running_local_org: RunningLocalOrg) -> None:
    running_local_org.sign_in(REP)
    browser = running_local_org.browser()
    assert authorize(browser, VERIFIER, prompt="none").answer["error"] == "login_required"
    page = log_in(browser, authorize(browser, VERIFIER), REP)
    assert "code" in page.answer
    page = authorize(browser, VERIFIER, prompt="login", login_hint="admin@demo.example")
    assert page.form.fields["username"] == "admin@demo.example"
    page = log_in(browser, page, "admin@demo.example")
    assert "Allow Access?" in page.text
    assert authorize(browser, VERIFIER, prompt="none").answer["error"] == "consent_required"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"client_id": "3MVG9other"}, "error=invalid_client_id&amp;error_description=client identifier invalid"),
        (
            {"redirect_uri": "https://evil.example/cb"},
            "error=redirect_uri_mismatch&amp;error_description=redirect_uri must match configuration",
        ),
    ],
)
def test_an_untrusted_client_or_callback_ends_on_salesforces_own_page(
    running_local_org: RunningLocalOrg, params: dict[str, str], text: str
) -> None:
    page = authorize(running_local_org.browser(), VERIFIER, **params)
    assert (page.status, page.left_to) == (400, None)
    assert text in page.text


def test_a_missing_code_challenge_is_redirected_before_any_login(running_local_org: RunningLocalOrg) -> None:
    page = authorize(running_local_org.browser(), VERIFIER, code_challenge="")
    assert page.answer == {
        "error": "invalid_request",
        "error_description": "missing required code challenge",
        "state": "st/ate",
    }


def test_an_unknown_parameter_of_authorize_is_refused_loudly(running_local_org: RunningLocalOrg) -> None:
    page = authorize(running_local_org.browser(), VERIFIER, sso_provider="x")
    assert page.status == 501
    assert "EMULATOR_UNSUPPORTED: The local org does not support the parameter 'sso_provider'" in page.text


def test_forms_without_their_token_are_refused(running_local_org: RunningLocalOrg) -> None:
    browser = running_local_org.browser()
    page = authorize(browser, VERIFIER)
    forged = browser.submit(page, {"username": REP, "pw": "demo-password", "form_token": "forged"})
    assert forged.status == 403
    approval = log_in(browser, authorize(browser, VERIFIER), REP)
    assert browser.submit(approval, {"decision": "allow", "form_token": "forged"}).status == 403
    other = running_local_org.browser()
    assert other.submit(approval, {"decision": "allow"}).status == 403


def test_pages_are_not_framed_and_not_stored(running_local_org: RunningLocalOrg) -> None:
    answer = requests.get(f"{running_local_org.url}/login?startURL={quote('//evil.example')}", timeout=10)
    assert answer.headers["x-frame-options"] == "DENY"
    assert "no-store" in answer.headers["cache-control"]
    assert 'name="startURL" value="/"' in answer.text
