"""The web server flow, with somebody who signs in: codes, tokens, rotation, and who the user is."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from scripts.checks.areas.token_endpoint import post, refused
from scripts.checks.findings import ANYTHING, WHOLE_NUMBER, AtLeast, Finding, OneOf, text
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import Answer, NotRunError
from scripts.checks.visit import Visit

AREA = Area("OAuth: signing in")

_SIGN_IN = (Need.APP, Need.SIGN_IN)
_CAPTURED = "captured from real orgs"


@dataclass(frozen=True, slots=True)
class Code:
    """What the callback got, and the verifier that goes with it."""

    value: str
    verifier: str
    state: bool


def signed_in(visit: Visit) -> Code:
    """Lets somebody sign in. Raises NotRunError when the callback got a refusal instead of a code."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    params = {
        "response_type": "code",
        "client_id": visit.app.consumer_key,
        "redirect_uri": visit.sign_in.redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    back = visit.sign_in.authorize(f"{visit.org.url}/services/oauth2/authorize?{urlencode(params)}")
    if "code" not in back:
        raise NotRunError(
            f"the sign-in was refused: {back.get('error', 'no code')} {back.get('error_description', '')}"
        )
    visit.org.keep_secret(back["code"])
    return Code(back["code"], verifier, back.get("state") == state)


def exchange(visit: Visit, code: Code, **values: str) -> Answer:
    sent = {
        "grant_type": "authorization_code",
        "code": code.value,
        "redirect_uri": visit.sign_in.redirect_uri,
        "code_verifier": code.verifier,
        **values,
    }
    return keep(visit, post(visit, **sent))


def refresh(visit: Visit, token: str) -> Answer:
    return keep(visit, post(visit, grant_type="refresh_token", refresh_token=token))


def keep(visit: Visit, answer: Answer) -> Answer:
    """Hides the answer's tokens from everything that is printed."""
    body: Any = answer.body
    if isinstance(body, dict):
        body = cast("dict[str, Any]", body)
        visit.org.keep_secret(*(body.get(name) for name in ("access_token", "refresh_token", "id_token", "signature")))
    return answer


def tokens(visit: Visit) -> dict[str, Any]:
    """The answer of the token endpoint to a fresh sign-in."""
    answer = exchange(visit, signed_in(visit))
    if answer.status != 200:
        raise NotRunError(f"the code was refused: {answer.body}")
    return answer.body


def end(visit: Visit, body: dict[str, Any]) -> None:
    """Ends a grant that a check made."""
    visit.org.send("POST", "/services/oauth2/revoke", token=None, data={"token": body.get("refresh_token", "")})


@AREA.check(
    "sign_in.tokens",
    "The token answer: an access token of org id, `!` and a secret, a refresh token, instance_url, the identity URL, "
    "issued_at in milliseconds as text, and no expires_in",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_SIGN_IN,
)
def token_answer(visit: Visit) -> Iterator[Finding]:
    code = signed_in(visit)
    answer = exchange(visit, code)
    body = answer.body
    yield Finding("state and status", (True, 200), (code.state, answer.status))
    expected = {
        "access_token": text(r"00D\w{12,15}!\S+|eyJ\S+"),
        "refresh_token": text(r"\S+"),
        "signature": text(r"\S+="),
        "scope": text(".*api.*"),
        "instance_url": text(r"https?://[^/]+"),
        "id": text(r"https?://[^/]+/id/00D\w{15}/005\w{15}"),
        "token_type": "Bearer",
        "issued_at": text(r"\d{13}"),
    }
    yield Finding("body", AtLeast(expected), body)
    yield Finding("expires_in", False, "expires_in" in body)
    end(visit, body)


@AREA.check(
    "sign_in.code_once",
    "A code serves once: the second time it is invalid_grant, `expired authorization code`",
    source="public report: omniphx/forrest #169",
    sure=Sure.REP,
    needs=_SIGN_IN,
)
def code_once(visit: Visit) -> Iterator[Finding]:
    code = signed_in(visit)
    body = exchange(visit, code).body
    yield refused("again", exchange(visit, code), "invalid_grant", "expired authorization code")
    end(visit, body)


@AREA.check(
    "sign_in.wrong_verifier",
    "A wrong or missing code verifier is invalid_grant, `invalid code verifier`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_SIGN_IN,
)
def wrong_verifier(visit: Visit) -> Iterator[Finding]:
    answer = exchange(visit, signed_in(visit), code_verifier="w" * 43)
    yield refused("wrong", answer, "invalid_grant", "invalid code verifier")
    answer = exchange(visit, signed_in(visit), code_verifier="")
    yield Finding("missing", (400, OneOf(("invalid_grant", "invalid_request"))), (answer.status, answer.body["error"]))


@AREA.check(
    "sign_in.wrong_redirect",
    "Another redirect_uri than that of the authorization is redirect_uri_mismatch",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_SIGN_IN,
)
def wrong_redirect(visit: Visit) -> Iterator[Finding]:
    answer = exchange(visit, signed_in(visit), redirect_uri="https://evil.example/callback")
    yield refused("another", answer, "redirect_uri_mismatch", "redirect_uri must match configuration")


@AREA.check(
    "sign_in.rotation",
    "With rotation a refresh gives a new refresh token; the old one, used again, ends the new one with its sessions",
    source="Salesforce Help 005316711",
    sure=Sure.DOC,
    needs=_SIGN_IN,
)
def rotation(visit: Visit) -> Iterator[Finding]:
    first = tokens(visit)
    second = refresh(visit, first["refresh_token"])
    new = {"access_token": ANYTHING, "refresh_token": ANYTHING, "instance_url": ANYTHING, "id": first["id"]}
    yield Finding("refreshed", (200, AtLeast(new)), (second.status, second.body))
    if "refresh_token" not in second.body:
        return
    yield Finding("rotated", True, second.body["refresh_token"] != first["refresh_token"])
    replayed = refresh(visit, first["refresh_token"])
    yield refused("replayed", replayed, "invalid_grant", "expired access/refresh token")
    after = refresh(visit, second.body["refresh_token"])
    yield refused("the new one", after, "invalid_grant", "expired access/refresh token")
    limits = visit.org.send("GET", "/services/data/v66.0/limits", token=second.body["access_token"])
    yield Finding("its access token", 401, limits.status)


@AREA.check(
    "sign_in.revoked",
    "Revoking a refresh token is 200 without a body, and ends its access tokens",
    source="Salesforce Help, Revoke OAuth Tokens",
    sure=Sure.DOC,
    needs=_SIGN_IN,
)
def revoked(visit: Visit) -> Iterator[Finding]:
    body = tokens(visit)
    data = {"token": str(body["refresh_token"])}
    answer = visit.org.send("POST", "/services/oauth2/revoke", token=None, data=data)
    yield Finding("answer", (200, None), (answer.status, answer.body))
    yield refused("refresh", refresh(visit, body["refresh_token"]), "invalid_grant", "expired access/refresh token")
    limits = visit.org.send("GET", "/services/data/v66.0/limits", token=body["access_token"])
    yield Finding("access token", 401, limits.status)


def _words(text_of_names: str) -> frozenset[str]:
    return frozenset(text_of_names.split())


USERINFO_KEYS = _words(
    "sub user_id organization_id preferred_username nickname name email email_verified given_name family_name zoneinfo "
    "photos profile picture address urls active user_type language locale utcOffset updated_at"
)
IDENTITY_KEYS = _words(
    "id asserted_user user_id organization_id username nick_name display_name email email_verified first_name "
    "last_name timezone photos addr_street addr_city addr_state addr_country addr_zip mobile_phone "
    "mobile_phone_verified is_lightning_login_user status urls active user_type language locale utcOffset "
    "last_modified_date"
)


@AREA.check(
    "sign_in.userinfo",
    "`/services/oauth2/userinfo` tells who the user is, under OpenID's names and Salesforce's own",
    source="a recorded schema in a public repository",
    sure=Sure.FIX,
    needs=_SIGN_IN,
)
def userinfo(visit: Visit) -> Iterator[Finding]:
    body = tokens(visit)
    answer = visit.org.send("GET", "/services/oauth2/userinfo", token=body["access_token"])
    yield Finding("status", 200, answer.status)
    yield Finding("missing keys", [], sorted(USERINFO_KEYS - set(answer.body)))
    path = urlsplit(str(body["id"])).path
    yield Finding("subject", path, urlsplit(str(answer.body["sub"])).path)
    yield Finding("ids", path, f"/id/{answer.body['organization_id']}/{answer.body['user_id']}")
    end(visit, body)


@AREA.check(
    "sign_in.identity",
    "The identity URL tells the same under Salesforce's names; `asserted_user` is whether it is the token's own user",
    source="Salesforce Help, Identity URLs; the keys are background knowledge",
    sure=Sure.DOC,
    needs=_SIGN_IN,
)
def identity(visit: Visit) -> Iterator[Finding]:
    body = tokens(visit)
    answer = visit.org.send("GET", urlsplit(str(body["id"])).path, token=body["access_token"])
    yield Finding("status", 200, answer.status)
    yield Finding("missing keys", [], sorted(IDENTITY_KEYS - set(answer.body)))
    yield Finding("asserted", (True, True), (answer.body["asserted_user"], answer.body["active"]))
    end(visit, body)


@AREA.check(
    "sign_in.introspect",
    "Introspection of a live access token tells its scope, client, user and times",
    source="Salesforce Help, OpenID Connect Token Introspection; its example in a public collection of requests",
    sure=Sure.DOC,
    needs=_SIGN_IN,
)
def introspect(visit: Visit) -> Iterator[Finding]:
    body = tokens(visit)
    answer = post(visit, "/services/oauth2/introspect", token=str(body["access_token"]), token_type_hint="access_token")
    expected = {
        "active": True,
        "scope": text(".*api.*"),
        "client_id": visit.app.consumer_key,
        "username": text(".+@.+"),
        "sub": text(rf".*{urlsplit(str(body['id'])).path}"),
        "token_type": "access_token",
        "exp": WHOLE_NUMBER,
        "iat": WHOLE_NUMBER,
        "nbf": WHOLE_NUMBER,
    }
    yield Finding("body", (200, AtLeast(expected)), (answer.status, answer.body))
    end(visit, body)


@AREA.check(
    "sign_in.identity_refused",
    "Without a token identity and userinfo are 403 in plain words, not JSON: Missing_OAuth_Token, Bad_OAuth_Token",
    source="public reports; SwiftlySalesforce #120 shows Bad_Id",
    sure=Sure.REP,
)
def identity_refused(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/services/oauth2/userinfo", token=None)
    yield Finding("no token", (403, "Missing_OAuth_Token"), (answer.status, answer.body))
    answer = visit.org.send("GET", "/services/oauth2/userinfo", token="00Dnobody!hasthistoken")
    yield Finding("another token", (403, "Bad_OAuth_Token"), (answer.status, answer.body))
