"""The login page: fields `username` and `pw`, one password for all users of the org."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.local_org.oauth.logins import COOKIE
from app.local_org.oauth.services import OAuthServices, form_values, in_thread, page, same

FORM_COOKIE = "login_form"
_LOCAL_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-~]*)?")
"""One slash, then neither a slash nor a backslash; no blank and no control character anywhere."""

WRONG_PASSWORD = (
    "Please check your username and password. If you still can't log in, contact your Salesforce administrator."  # noqa: S105
)
"""Also said to an unknown, inactive or frozen user: the page tells nobody who exists."""


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The login page over the services."""

    services: OAuthServices

    async def show(self, request: Request) -> Response:
        start_url = request.query_params.get("startURL", "/")
        return _form(start_url, request.query_params.get("un", ""), None)

    async def submit(self, request: Request) -> Response:
        values = await form_values(request)
        return await in_thread(self._submit, values, request.cookies.get(FORM_COOKIE))

    def _submit(self, values: Mapping[str, str], form_cookie: str | None) -> Response:
        username, start_url = values.get("username", ""), values.get("startURL", "/")
        if not form_cookie or not same(form_cookie, values.get("form_token", "")):
            return _form(start_url, username, "Your login page expired. Please try again.", status=403)
        user = self.services.directory.by_username(username)
        right = same(values.get("pw", ""), self.services.demo_password)
        if user is None or not user.is_active or not right or self.services.directory.is_frozen(user.user_id):
            return _form(start_url, username, WRONG_PASSWORD)
        response = RedirectResponse(safe_start_url(start_url), 302)
        response.set_cookie(COOKIE, self.services.logins.start(user.user_id), httponly=True, samesite="lax")
        response.delete_cookie(FORM_COOKIE)
        return response

    async def home(self, request: Request) -> Response:
        """Where a login without a start URL ends."""
        login = await in_thread(self.services.logins.find, request.cookies.get(COOKIE))
        if login is None:
            return RedirectResponse("/login", 302)
        return page("notice.html", heading="Logged in", text="The local org has no screens of its own.")

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.show, methods=["GET"]),
            Route("/login", self.submit, methods=["POST"]),
            Route("/", self.home, methods=["GET"]),
        ]


def safe_start_url(start_url: str) -> str:
    """The start URL if it is a path of this org, else `/`: a login never sends a browser elsewhere."""
    return start_url if _LOCAL_PATH.fullmatch(start_url) else "/"


def _form(start_url: str, username: str, message: str | None, *, status: int = 200) -> Response:
    form_token = secrets.token_urlsafe(24)
    response = page(
        "login.html",
        status=status,
        start_url=safe_start_url(start_url),
        username=username,
        message=message,
        form_token=form_token,
    )
    response.set_cookie(FORM_COOKIE, form_token, httponly=True, samesite="lax")
    return response
