"""The routes of the integration page, for the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.signin.refusals import SignInRefused
from app.web.integration import paths
from app.web.integration.callback import Callback
from app.web.integration.changes import Changes
from app.web.integration.connection import Connection
from app.web.integration.deps import PageDeps
from app.web.integration.login import Login
from app.web.integration.one_time_code import OneTimeCodeForm
from app.web.integration.refused import refusal_page
from app.web.integration.said import back_to
from app.web.integration.settings_page import SettingsPage
from app.web.integration.views import View
from app.web.integration.visitor import NotOpen, NotSignedIn, Visitors

_Handler = Callable[[Request], Awaitable[Response]]


def integration_routes(deps: PageDeps) -> list[Route]:
    """Every route of the page."""
    visitors, view = Visitors(deps), View(deps)
    login = Login(deps, visitors)
    connection = Connection(deps, visitors, view)
    page = SettingsPage(deps, visitors, view, login)
    changes = Changes(deps, visitors, view)

    def route(path: str, handler: _Handler, method: str) -> Route:
        return Route(path, _answering(deps, handler), methods=[method])

    return [
        route(paths.PAGE_PATH, page.overview, "GET"),
        route(paths.SETTINGS_PATH, page.settings, "GET"),
        route(paths.SIGN_IN_PATH, login.begin, "POST"),
        route(paths.CALLBACK_PATH, Callback(deps, login, connection).handle, "GET"),
        route(paths.SIGN_OUT_PATH, login.end, "POST"),
        route(paths.CONNECTION_PATH, connection.begin, "POST"),
        route(paths.CODE_PATH, OneTimeCodeForm(deps, visitors, page).ask, "POST"),
        route(paths.REVOKE_PATH, changes.revoke, "POST"),
        route(paths.USAGE_PATH, changes.usage, "POST"),
        route(paths.CHECK_PATH, changes.check, "POST"),
        route(paths.DISABLE_PATH, changes.confirm_disable, "GET"),
        route(paths.DISABLE_PATH, changes.disable, "POST"),
    ]


def _answering(deps: PageDeps, handler: _Handler) -> _Handler:
    """The handler, with an answer for whoever is not signed in, is refused, or asks an org that is not enabled."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except SignInRefused as refused:
            return refusal_page(deps, refused)
        except NotSignedIn:
            had_one = deps.cookie.read(request) is not None
            response = back_to(paths.PAGE_PATH, "session_over" if had_one else None)
            deps.cookie.clear(response)
            return response
        except NotOpen:
            return back_to(paths.SETTINGS_PATH)

    return answer
