"""GET /integrations/bookit-mcp and …/settings: the card, and what an admin sets and sees behind its button."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.store.orgs import Org
from app.store.page_sessions import PageAdmin
from app.web.client_name import shown_name
from app.web.integration.capabilities import capability_rows
from app.web.integration.connecting import client_setups
from app.web.integration.deps import PageDeps
from app.web.integration.login import Login
from app.web.integration.usage import usage_charts
from app.web.integration.views import View
from app.web.integration.visitor import NotOpen, NotSignedIn, Visitor, Visitors
from app.web.pages import COPY_SCRIPT

SIGN_INS_A_PAGE = 50


class SettingsPage:
    """The pages that only show."""

    def __init__(self, deps: PageDeps, visitors: Visitors, view: View, login: Login) -> None:
        self._deps = deps
        self._visitors = visitors
        self._view = view
        self._login = login

    async def overview(self, request: Request) -> Response:
        """The card of BookIt MCP; without a session, the login."""
        try:
            visitor = await self._visitors.visitor(request)
        except NotSignedIn:
            return self._login.page(request)
        return self._view.show("integration/overview.html", visitor, request)

    async def settings(self, request: Request) -> Response:
        """Not enabled: Enable. Enabled: everything."""
        return await self.of(await self._visitors.visitor(request), request)

    async def of(self, visitor: Visitor, request: Request, *, problem: str = "", email: str = "") -> Response:
        """The settings for that admin. problem: why no one-time code was sent to `email`."""
        try:
            org = visitor.enabled_org
        except NotOpen:
            install_url = self._deps.settings.package_install_url
            return self._view.show("integration/enable.html", visitor, request, install_url=install_url)
        page = _page_number(request)
        skip = (page - 1) * SIGN_INS_A_PAGE
        sign_ins, total = await self._deps.sign_ins.of_org(org.org_id, skip=skip, limit=SIGN_INS_A_PAGE)
        return self._view.show(
            "integration/settings.html",
            visitor,
            request,
            status=400 if problem else 200,
            scripts=(COPY_SCRIPT,),
            install_url=self._deps.settings.package_install_url,
            server_url=self._deps.server_url,
            setups=client_setups(self._deps.server_url),
            offers_codes=self._deps.services.one_time_codes.are_offered,
            problem=problem,
            email=email,
            sign_ins=[(each, shown_name(each.client_name)) for each in sign_ins],
            sign_ins_total=total,
            page=page,
            pages=max(1, -(-total // SIGN_INS_A_PAGE)),
            capabilities=capability_rows(org, self._deps.capabilities),
            usage=await self._usage(org, visitor.session.admin),
        )

    async def _usage(self, org: Org, admin: PageAdmin) -> object:
        if not org.usage_shown:
            return None
        tools = [capability.tool for capability in self._deps.capabilities]
        return await usage_charts(self._deps.usage, org.org_id, admin.timezone, self._deps.clock(), tools)


def _page_number(request: Request) -> int:
    """Of the list of sign-ins; 1 for whatever is no page."""
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
