"""What every page of a signed-in admin has: his name and org, Sign out, what was just done, form tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from app.web.integration import paths
from app.web.integration.deps import PageDeps
from app.web.integration.said import text_of
from app.web.integration.visitor import Visitor


class LocalTimes:
    """Instants as an admin reads them, in his own zone."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)

    def __call__(self, instant: datetime) -> str:
        """`Mon 23 Nov 2026, 09:00`."""
        return f"{instant.astimezone(self._zone):%a %-d %b %Y, %H:%M}"


class View:
    """Renders their templates."""

    def __init__(self, deps: PageDeps) -> None:
        self._deps = deps

    def show(
        self,
        template: str,
        visitor: Visitor,
        request: Request,
        *,
        status: int = 200,
        scripts: Sequence[str] = (),
        **values: object,
    ) -> Response:
        """scripts: URLs of our own that the page runs."""
        admin = visitor.session.admin
        return self._deps.pages.show(
            template,
            status=status,
            form_targets=(*self._deps.login_choice.form_targets, admin.login_origin),
            scripts=scripts,
            said=text_of(request),
            admin=admin,
            org=visitor.org,
            paths=paths,
            csrf=visitor.form_token,
            local=LocalTimes(admin.timezone),
            **values,
        )
