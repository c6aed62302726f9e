"""What an enabled org's admin changes on the page: revoke a sign-in, show usage, check the org now, disable.

Each is a form with a token of its own, and answers with a redirect.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.web.integration.deps import PageDeps
from app.web.integration.paths import CHECK_PATH, DISABLE_PATH, SETTINGS_PATH, USAGE_PATH
from app.web.integration.said import back_to
from app.web.integration.views import View
from app.web.integration.visitor import Visitors

CHECK_EVERY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class Changes:
    """One method a form."""

    def __init__(self, deps: PageDeps, visitors: Visitors, view: View) -> None:
        self._deps = deps
        self._visitors = visitors
        self._view = view

    async def revoke(self, request: Request) -> Response:
        """POST: ends one sign-in of the admin's own org. Another org's is not found, as one that does not exist."""
        visitor, fields = await self._visitors.sender(request, "revoke", of="sign_in")
        org_id, family_id = visitor.enabled_org.org_id, fields.get("sign_in", "")
        ended = await self._deps.services.endings.end_family(org_id, family_id, because="revoked_by_admin")
        return back_to(SETTINGS_PATH, "revoked" if ended else "not_found", anchor="sign-ins")

    async def usage(self, request: Request) -> Response:
        """POST: a checkbox, whether usage is shown."""
        visitor, fields = await self._visitors.sender(request, USAGE_PATH)
        org_id, shown = visitor.enabled_org.org_id, "shown" in fields
        await self._deps.services.orgs.show_usage(org_id, shown=shown)
        log.info("usage_shown", org_id=org_id, shown=shown)
        return back_to(SETTINGS_PATH, "usage_shown" if shown else "usage_hidden", anchor="usage")

    async def check(self, request: Request) -> Response:
        """POST: the org is checked now, at most once a minute over all replicas."""
        visitor, _ = await self._visitors.sender(request, CHECK_PATH)
        org = visitor.enabled_org
        tries = await self._deps.counters.add(f"page-check|{org.org_id}", CHECK_EVERY)
        if tries.count > 1:
            return back_to(SETTINGS_PATH, "check_too_soon", anchor="health")
        self._deps.services.gateway.forget_describes(org.org_id)
        after = await self._deps.services.checks.again(org, older_than=timedelta(0))
        failed = after is org
        return back_to(SETTINGS_PATH, "check_failed" if failed else "checked", anchor="health")

    async def confirm_disable(self, request: Request) -> Response:
        """GET: what disabling ends, and the button."""
        visitor = await self._visitors.visitor(request)
        _, sign_ins = await self._deps.sign_ins.of_org(visitor.enabled_org.org_id, skip=0, limit=0)
        return self._view.show("integration/disable.html", visitor, request, sign_ins=sign_ins)

    async def disable(self, request: Request) -> Response:
        """POST: off, with everything that it was for."""
        visitor, _ = await self._visitors.sender(request, DISABLE_PATH)
        await self._deps.services.disabling.disable(visitor.enabled_org.org_id)
        return back_to(SETTINGS_PATH, "disabled")
