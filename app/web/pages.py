"""The pages that a person sees: Jinja2 with autoescape, and headers that allow no framing and no script but our own."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

STYLESHEET = "/static/pages.css"
ICON = "/static/icon.svg"
COPY_SCRIPT = "/static/copy.js"
NO_STORE = {"Cache-Control": "no-store"}
LEAVING = {**NO_STORE, "Referrer-Policy": "no-referrer"}
"""Of a redirect to another site, which learns nothing of the page before it."""

# No Cross-Origin-Opener-Policy: a client that opened us in a popup would lose sight of it, also after the way back.
_HEADERS = {
    **NO_STORE,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class Pages:
    """Renders templates of app/web/templates. A template that names what it was not given raises."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("app.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def show(
        self,
        template: str,
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        scripts: Sequence[str] = (),
        **values: object,
    ) -> Response:
        """The page as an answer. form_targets: CSP sources, beside our own origin, that its form may lead to.
        scripts: the files of ours that it runs; without any it runs none."""
        body = self._templates.get_template(template).render(
            stylesheet=STYLESHEET, icon=ICON, scripts=scripts, **values
        )
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            + ("script-src 'self'; " if scripts else "")
            + "form-action "
            + " ".join(("'self'", *form_targets))
        )
        return HTMLResponse(body, status, {**_HEADERS, "Content-Security-Policy": policy})

    def wait(self, seconds: int) -> Response:
        """For a browser of an address that made too many requests (app.edge.request_rates)."""
        return self.show("wait.html", status=429, seconds=seconds)


def static_routes() -> list[Route]:
    """The files that pages load."""
    return [_file(STYLESHEET, "text/css"), _file(ICON, "image/svg+xml"), _file(COPY_SCRIPT, "text/javascript")]


def _file(path: str, media_type: str) -> Route:
    content = files("app.web").joinpath(path.removeprefix("/")).read_bytes()
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}

    async def show(_request: Request) -> Response:
        return Response(content, media_type=media_type, headers=headers)

    return Route(path, show, methods=["GET"])
