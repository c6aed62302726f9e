"""The OAuth endpoints with a client's credentials alone: what is refused, and how."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

from scripts.checks.findings import ANYTHING, AtLeast, Finding, Json, OneOf
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import Answer
from scripts.checks.visit import Visit

AREA = Area("OAuth: refusals")

TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
_APP = (Need.APP,)
_CAPTURED = "captured from real orgs"


def post(visit: Visit, path: str = TOKEN, **values: str) -> Answer:
    """A form to an OAuth endpoint, with the client's credentials unless they are among the values."""
    app = visit.app
    sent = {"client_id": app.consumer_key, "client_secret": app.consumer_secret, **values}
    return visit.org.send("POST", path, token=None, data={name: value for name, value in sent.items() if value})


def refused(what: str, answer: Answer, error: Json, description: Json) -> Finding:
    """A refusal of the token endpoint: 400 and two keys."""
    return Finding(what, (400, {"error": error, "error_description": description}), (answer.status, answer.body))


@AREA.check(
    "oauth.wrong_code",
    "A code that nobody was given is invalid_grant; one that was used before is `expired authorization code`",
    source="public report: omniphx/forrest #169; an unknown code may also be `invalid authorization code`",
    sure=Sure.REP,
    needs=_APP,
)
def wrong_code(visit: Visit) -> Iterator[Finding]:
    answer = post(
        visit,
        grant_type="authorization_code",
        code="aPrxNobodyWasGivenThisCode==",
        redirect_uri="https://example.invalid/callback",
        code_verifier="v" * 43,
    )
    descriptions = OneOf(("expired authorization code", "invalid authorization code"))
    yield refused("an unknown code", answer, "invalid_grant", descriptions)


@AREA.check(
    "oauth.wrong_refresh_token",
    "An unknown or ended refresh token is invalid_grant, `expired access/refresh token`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_APP,
)
def wrong_refresh_token(visit: Visit) -> Iterator[Finding]:
    answer = post(visit, grant_type="refresh_token", refresh_token="5Aep861NobodyHasThisToken")
    yield refused("unknown", answer, "invalid_grant", "expired access/refresh token")


@AREA.check(
    "oauth.wrong_client",
    "A consumer key that nobody has is invalid_client_id, `client identifier invalid`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_APP,
)
def wrong_client(visit: Visit) -> Iterator[Finding]:
    answer = post(visit, grant_type="refresh_token", refresh_token="5Aep861x", client_id="3MVG9nobody")
    yield refused("unknown", answer, "invalid_client_id", "client identifier invalid")


@AREA.check(
    "oauth.wrong_secret",
    "A wrong consumer secret is invalid_client, `invalid client credentials`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_APP,
)
def wrong_secret(visit: Visit) -> Iterator[Finding]:
    answer = post(visit, grant_type="refresh_token", refresh_token="5Aep861x", client_secret="wrong")
    yield refused("wrong", answer, "invalid_client", "invalid client credentials")


@AREA.check(
    "oauth.grant_type",
    "A grant type that does not exist is unsupported_grant_type, `grant type not supported`",
    source="public report: aaronhuggins/sf-jwt-token #1",
    sure=Sure.REP,
    needs=_APP,
)
def grant_type(visit: Visit) -> Iterator[Finding]:
    yield refused("magic", post(visit, grant_type="magic"), "unsupported_grant_type", "grant type not supported")


@AREA.check(
    "oauth.missing_parameter",
    "A parameter that is missing is invalid_request, `missing required parameter: …`",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_APP,
)
def missing_parameter(visit: Visit) -> Iterator[Finding]:
    answer = post(visit, grant_type="refresh_token")
    yield refused("refresh_token", answer, "invalid_request", "missing required parameter: refresh_token")


@AREA.check(
    "oauth.shown_refusals",
    "A wrong client or callback is told on Salesforce's own page, never by a redirect to the callback",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=_APP,
)
def shown_refusals(visit: Visit) -> Iterator[Finding]:
    evil = "https://evil.example/callback"
    for what, client_id in (("another client", "3MVG9nobody"), ("another callback", visit.app.consumer_key)):
        params = {"response_type": "code", "client_id": client_id, "redirect_uri": evil, "code_challenge": "c" * 43}
        answer = visit.org.send("GET", "/services/oauth2/authorize", token=None, params=params)
        location = answer.headers.get("Location", "")
        yield Finding(what, False, location.startswith(evil))


@AREA.check(
    "oauth.revoke_refused",
    "A revocation of what is no token is 400 invalid_token or unsupported_token_type, in a form, not in JSON",
    source="public report: omniphx/forrest #213; clients parse the body as a form (jsforce)",
    sure=Sure.REP,
)
def revoke_refused(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("POST", "/services/oauth2/revoke", token=None, data={"token": "5Aep861NobodyHasThisToken"})
    yield Finding("status", 400, answer.status)
    form = {name: values[0] for name, values in parse_qs(str(answer.body)).items()}
    known = OneOf(("invalid_token", "unsupported_token_type"))
    yield Finding("the form", {"error": known, "error_description": ANYTHING}, form)


@AREA.check(
    "oauth.introspect_unknown",
    'Introspection of what is no live token of the app\'s is 200 `{"active": false}`; a wrong secret is refused',
    source="Salesforce Help, OpenID Connect Token Introspection; RFC 7662",
    sure=Sure.DOC,
    needs=_APP,
)
def introspect_unknown(visit: Visit) -> Iterator[Finding]:
    path = "/services/oauth2/introspect"
    answer = post(visit, path, token="00Dnobody!hasthistoken", token_type_hint="access_token")
    yield Finding("no token", (200, {"active": False}), (answer.status, answer.body))
    answer = post(visit, path, token="00Dnobody!hasthistoken", client_secret="wrong")
    yield Finding("a wrong secret", OneOf((400, 401)), answer.status)


@AREA.check(
    "oauth.discovery",
    "`/.well-known/openid-configuration` names the endpoints",
    source="Salesforce Help, OpenID Connect Discovery Endpoint",
    sure=Sure.DOC,
)
def discovery(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/.well-known/openid-configuration", token=None)
    base = str(answer.body["issuer"]).rstrip("/")
    paths = {
        "authorization_endpoint": f"{base}/services/oauth2/authorize",
        "token_endpoint": f"{base}/services/oauth2/token",
        "revocation_endpoint": f"{base}/services/oauth2/revoke",
        "userinfo_endpoint": f"{base}/services/oauth2/userinfo",
        "jwks_uri": f"{base}/id/keys",
    }
    yield Finding("endpoints", (200, AtLeast(paths)), (answer.status, answer.body))


@AREA.check(
    "oauth.keys",
    "`/id/keys` is a JSON Web Key Set of RSA keys",
    source="Salesforce Help, OpenID Connect Discovery Endpoint",
    sure=Sure.DOC,
)
def keys(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/id/keys", token=None)
    key = AtLeast({"kty": "RSA", "use": "sig", "n": ANYTHING, "e": ANYTHING, "kid": ANYTHING})
    yield Finding("the first key", (200, key), (answer.status, answer.body["keys"][0]))


_STATES = "it takes an app in another state than the one that the check signs in with"

AREA.cannot_check(
    "oauth.app_states",
    "After a good login the callback gets OAUTH_EC_APP_NOT_FOUND when the app is not installed, "
    "OAUTH_APP_ACCESS_DENIED when an admin did not approve the user, OAUTH_APP_BLOCKED when it is blocked; a token of "
    "such a user is refused with invalid_app_access",
    source="recorded redirects and public reports",
    sure=Sure.FIX,
    because=_STATES,
    test="oauth/test_web_server_flow.py::test_the_orgs_policy_refuses_after_a_good_login",
)
AREA.cannot_check(
    "oauth.denied",
    "Who clicks Deny sends access_denied, `end-user denied authorization`, to the callback",
    source="public reports: forceworkbench #807, Salesforce-CDP-jdbc #180",
    sure=Sure.REP,
    because="somebody would have to click Deny",
    test="oauth/test_web_server_flow.py::test_who_denies_is_sent_back_with_access_denied",
)
AREA.cannot_check(
    "oauth.redirected_refusals",
    "A missing code challenge is invalid_request, `missing required code challenge`; a scope that the app lacks "
    "invalid_scope, `the requested scope is not allowed`; a bad challenge, response type, display or prompt "
    "invalid_request or unsupported_response_type; `prompt=none` login_required or consent_required",
    source="recorded redirects; public report: forcedotcom/mcp-hosted #47; OpenID Connect Core 3.1.2.6; of a bad "
    "challenge, display and response type it is background knowledge",
    sure=Sure.FIX,
    because="a real org tells them after the login only, on pages of its own",
    test="oauth/test_authorization_request.py::test_all_else_goes_back_to_the_callback_with_the_state",
)
AREA.cannot_check(
    "oauth.unavailable",
    "While Salesforce is away, OAuth answers temporarily_unavailable, and the REST API 503 SERVER_UNAVAILABLE",
    source="REST API Developer Guide, Status Codes and Error Responses; public reports",
    sure=Sure.DOC,
    because="no request makes an org go away; the local org does it on demand",
    codes=("temporarily_unavailable",),
    test="faults/test_requests_under_faults.py::test_the_oauth_endpoints_are_refused_in_their_own_shape",
)
AREA.cannot_check(
    "oauth.inactive_user",
    "The refresh token of a user who is not active any more is invalid_grant",
    source="background knowledge",
    sure=Sure.BG,
    because="a check deactivates nobody",
    test="oauth/test_token_endpoint.py::test_a_deactivated_user_is_out_at_once_and_cannot_refresh",
)
AREA.cannot_check(
    "oauth.frozen_user",
    "A frozen user cannot log in, and the sessions that he has are over",
    source="Salesforce Help, Freeze or Unfreeze User Accounts; that open sessions end is background knowledge",
    sure=Sure.DOC,
    because="a check freezes nobody",
    test="engine/test_ownership_and_roles.py::test_a_frozen_user_has_no_session_until_he_is_thawed",
)
AREA.cannot_check(
    "oauth.two_refreshes",
    "Of two refreshes with one token at the same time one is refused, `Token request is already being processed`, "
    "and nothing ends",
    source="public reports: sfdx-core #1342, segmentio #2300; the code is background knowledge",
    sure=Sure.REP,
    because="which of them it is depends on the moment",
    test="oauth/test_tokens.py::test_of_many_refreshes_at_once_exactly_one_succeeds",
)
AREA.cannot_check(
    "oauth.five_grants",
    "A user has five live grants to an app; the sixth ends the oldest",
    source="public reports, long-standing",
    sure=Sure.REP,
    because="it would end grants that the user needs",
    test="oauth/test_tokens.py::test_the_sixth_grant_ends_the_oldest",
)
AREA.cannot_check(
    "oauth.idle_refresh_token",
    "A refresh token that was idle for its policy's time (30 days) is over",
    source="Metadata API Developer Guide, ExtlClntAppOauthConfigurablePolicies",
    sure=Sure.DOC,
    because="it would take 30 days",
    test="oauth/test_tokens.py::test_a_refresh_token_ends_after_its_idle_time",
)
AREA.cannot_check(
    "oauth.code_life",
    "An authorization code lives 15 minutes and serves once",
    source="Salesforce Help, OAuth 2.0 Web Server Flow",
    sure=Sure.DOC,
    because="it would take 15 minutes; that it serves once is checked where somebody signs in",
    test="oauth/test_tokens.py::test_a_code_ends_in_an_equals_sign_and_works_once_within_15_minutes",
)
