"""`/services/oauth2/authorize` and the approval page: login if needed, then the app's state, then the user's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.local_org.oauth import refusals
from app.local_org.oauth.authorization_request import (
    KNOWN_PARAMETERS,
    AuthorizationRequest,
    RedirectedRefusal,
    ShownRefusal,
    read_authorization_request,
)
from app.local_org.oauth.codes import CodeGrant
from app.local_org.oauth.directory import OrgUser
from app.local_org.oauth.external_client_app import ExternalClientApp, PermittedUsers
from app.local_org.oauth.logins import COOKIE, Login
from app.local_org.oauth.refusals import Refusal
from app.local_org.oauth.services import OAuthServices, form_values, in_thread, page, same, unsupported

PATH = "/services/oauth2/authorize"

PERMISSION_TEXTS = {
    "api": "Manage user data via APIs",
    "refresh_token": "Perform requests at any time",
    "openid": "Access unique user identifiers",
    "id": "Access the identity URL service",
    "profile": "Access the profile of the user",
    "email": "Access the e-mail address of the user",
    "full": "Full access",
    "web": "Manage user data via Web browsers",
    "custom_permissions": "Access custom permissions",
}
"""What the approval page says of each scope."""


def state_refusal(services: OAuthServices, app: ExternalClientApp, user_id: str) -> Refusal | None:
    """Why the org does not let this user use the app: not installed, blocked, or not approved by an admin."""
    if not app.installed:
        return refusals.APP_NOT_FOUND
    if app.blocked:
        return refusals.APP_BLOCKED
    if app.permitted_users is PermittedUsers.ADMIN_APPROVED and not (
        app.pre_authorized & services.directory.permission_sets(user_id)
    ):
        return refusals.APP_ACCESS_DENIED
    return None


@dataclass(frozen=True, slots=True)
class Authorize:
    """The two endpoints over the services."""

    services: OAuthServices

    async def show(self, request: Request) -> Response:
        params = dict(request.query_params)
        for name in params:
            if name not in KNOWN_PARAMETERS:
                return unsupported(f"the parameter '{name}' of authorize")
        return await in_thread(self._show, params, request.cookies.get(COOKIE))

    def _show(self, params: Mapping[str, str], cookie: str | None) -> Response:
        services = self.services
        try:
            asked = read_authorization_request(params, services.app.now)
        except ShownRefusal as refused:
            return page("refused.html", status=400, refusal=refused.refusal)
        except RedirectedRefusal as refused:
            return RedirectResponse(refused.location, 302)
        login = services.logins.find(cookie)
        user = None if login is None else services.directory.by_id(login.user_id)
        if login is None or user is None or not user.is_active or "login" in asked.prompts:
            if "none" in asked.prompts:
                return RedirectResponse(asked.refused(refusals.LOGIN_REQUIRED), 302)
            return RedirectResponse(_login_url(params, asked), 302)
        return self._signed_in(params, asked, login, user)

    def _signed_in(
        self, params: Mapping[str, str], asked: AuthorizationRequest, login: Login, user: OrgUser
    ) -> Response:
        services, app = self.services, self.services.app.now
        refusal = state_refusal(services, app, user.user_id)
        if refusal is not None:
            return RedirectResponse(asked.refused(refusal), 302)
        approved = app.permitted_users is PermittedUsers.ADMIN_APPROVED or services.tokens.has_approved(
            app, user.user_id, asked.scope
        )
        if approved and "consent" not in asked.prompts:
            return self._allowed(asked, app, user.user_id)
        if "none" in asked.prompts:
            return RedirectResponse(asked.refused(refusals.CONSENT_REQUIRED), 302)
        return page(
            "approval.html",
            app_label=app.label,
            permissions=[PERMISSION_TEXTS[name] for name in asked.scope.split()],
            username=user.username,
            redirect_host=urlsplit(asked.redirect_uri).netloc,
            request_query=urlencode(params),
            form_token=login.form_token,
        )

    def _allowed(self, asked: AuthorizationRequest, app: ExternalClientApp, user_id: str) -> Response:
        code = self.services.codes.issue(
            CodeGrant(app.consumer_key, user_id, asked.scope, asked.redirect_uri, asked.challenge, asked.nonce)
        )
        return RedirectResponse(asked.back(code=code), 302)

    async def decide(self, request: Request) -> Response:
        values = await form_values(request)
        return await in_thread(self._decide, values, request.cookies.get(COOKIE))

    def _decide(self, values: Mapping[str, str], cookie: str | None) -> Response:
        """The form's request is judged again: nothing in it is trusted for having been shown."""
        services, app = self.services, self.services.app.now
        login = services.logins.find(cookie)
        if login is None or not same(login.form_token, values.get("form_token", "")):
            return page(
                "notice.html", status=403, heading="Form expired", text="Go back and open the authorization again."
            )
        try:
            asked = read_authorization_request(dict(parse_qsl(values.get("request", ""), keep_blank_values=True)), app)
        except ShownRefusal as refused:
            return page("refused.html", status=400, refusal=refused.refusal)
        except RedirectedRefusal as refused:
            return RedirectResponse(refused.location, 302)
        user = services.directory.by_id(login.user_id)
        if values.get("decision") != "allow" or user is None or not user.is_active:
            return RedirectResponse(asked.refused(refusals.ACCESS_DENIED), 302)
        refusal = state_refusal(services, app, login.user_id)
        if refusal is not None:
            return RedirectResponse(asked.refused(refusal), 302)
        return self._allowed(asked, app, login.user_id)

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route("/services/oauth2/approve", self.decide, methods=["POST"]),
        ]


def _login_url(params: Mapping[str, str], asked: AuthorizationRequest) -> str:
    """The login page, which comes back here. A demanded login is fulfilled then, so it leaves the prompt."""
    again = dict(params)
    if asked.prompts:
        again["prompt"] = " ".join(sorted(asked.prompts - {"login"}))
        if not again["prompt"]:
            del again["prompt"]
    values = {"startURL": f"{PATH}?{urlencode(again)}"}
    if asked.login_hint:
        values["un"] = asked.login_hint
    return f"/login?{urlencode(values)}"
