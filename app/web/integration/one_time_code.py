"""POST …/one-time-code: an admin has a code mailed to the address of an agent."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.email_address import LONGEST
from app.signin.one_time_codes import CodeRefused
from app.web.integration.deps import PageDeps
from app.web.integration.paths import CODE_PATH, SETTINGS_PATH
from app.web.integration.said import back_to
from app.web.integration.settings_page import SettingsPage
from app.web.integration.visitor import Visitors


class OneTimeCodeForm:
    """The form on the settings page. The code itself stands in the mail alone."""

    def __init__(self, deps: PageDeps, visitors: Visitors, page: SettingsPage) -> None:
        self._deps = deps
        self._visitors = visitors
        self._page = page

    async def ask(self, request: Request) -> Response:
        """Sends it; where that does not go, the page again, with the reason and what was typed."""
        visitor, fields = await self._visitors.sender(request, CODE_PATH)
        org, email = visitor.enabled_org, fields.get("email", "")[: LONGEST + 1]
        try:
            await self._deps.services.one_time_codes.ask(
                org_id=org.org_id, email=email, requested_by=visitor.session.admin.user_id
            )
        except CodeRefused as refused:
            return await self._page.of(visitor, request, problem=refused.message, email=email)
        return back_to(SETTINGS_PATH, "code_sent", anchor="code")
