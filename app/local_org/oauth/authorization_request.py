"""The parameters of `/services/oauth2/authorize`, read and judged without any state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.local_org.oauth import refusals
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import Refusal

KNOWN_PARAMETERS = frozenset(
    {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "login_hint",
        "display",
    }
)
DISPLAYS = frozenset({"page", "popup", "touch", "mobile"})
PROMPTS = frozenset({"login", "consent", "none"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}")


class ShownRefusal(Exception):
    """Refused on Salesforce's own page, because the callback is not to be trusted."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


class RedirectedRefusal(Exception):
    """Refused with a redirect to the callback."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that may go on to login. scope: granted if the user agrees, in the app's order."""

    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    challenge: str | None
    prompts: frozenset[str]
    login_hint: str | None

    def back(self, **params: str) -> str:
        """The callback with these parameters and the state."""
        return callback(self.redirect_uri, self.state, params)

    def refused(self, refusal: Refusal) -> str:
        """The callback with a refusal."""
        return self.back(error=refusal.error, error_description=refusal.description)


def callback(redirect_uri: str, state: str | None, params: Mapping[str, str]) -> str:
    """The redirect URI with parameters added to its own, and the state unless it is None."""
    values = dict(params) if state is None else {**params, "state": state}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(values)}"


def read_authorization_request(params: Mapping[str, str], app: ExternalClientApp) -> AuthorizationRequest:
    """Judges the client and its callback first, on the page; all else goes to the callback.

    Raises ShownRefusal, RedirectedRefusal.
    """
    if params.get("client_id") != app.consumer_key:
        raise ShownRefusal(refusals.INVALID_CLIENT_ID)
    redirect_uri = params.get("redirect_uri", "")
    if redirect_uri not in app.callback_urls:
        raise ShownRefusal(refusals.REDIRECT_URI_MISMATCH)
    state = params.get("state")

    def refuse(refusal: Refusal) -> RedirectedRefusal:
        values = {"error": refusal.error, "error_description": refusal.description}
        return RedirectedRefusal(callback(redirect_uri, state, values))

    if params.get("response_type") != "code":
        raise refuse(refusals.UNSUPPORTED_RESPONSE_TYPE)
    challenge = params.get("code_challenge")
    if not challenge:
        if app.pkce_required:
            raise refuse(refusals.MISSING_CODE_CHALLENGE)
    elif params.get("code_challenge_method") != "S256":
        raise refuse(refusals.INVALID_CODE_CHALLENGE_METHOD)
    elif not _CHALLENGE.fullmatch(challenge):
        raise refuse(refusals.INVALID_CODE_CHALLENGE)
    scope = granted_scope(params.get("scope"), app)
    if scope is None:
        raise refuse(refusals.INVALID_SCOPE)
    if params.get("display", "page") not in DISPLAYS:
        raise refuse(refusals.INVALID_DISPLAY)
    prompts = frozenset(params.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise refuse(Refusal("invalid_request", "invalid prompt"))
    return AuthorizationRequest(
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=params.get("nonce"),
        challenge=challenge or None,
        prompts=prompts,
        login_hint=params.get("login_hint"),
    )


def granted_scope(asked: str | None, app: ExternalClientApp) -> str | None:
    """The asked scopes in the app's order; all of the app's when none is asked; None when one is not the app's.

    `offline_access` is another name of `refresh_token`.
    """
    if not asked or not asked.split():
        return " ".join(app.scopes)
    names = {"refresh_token" if name == "offline_access" else name for name in asked.split()}
    if not names <= set(app.scopes):
        return None
    return " ".join(name for name in app.scopes if name in names)
