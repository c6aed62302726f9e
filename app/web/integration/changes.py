"""What an enabled org's admin changes on the page: revoke a sign-in, show usage, check the org now, disable.

Each is a form with a token of its own, and answers with a redirect.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.signin.refusals import RefusalKind, SignInRefused
from app.store.orgs import Org
from app.web.integration.deps import PageDeps
from app.web.integration.paths import CHECK_PATH, DISABLE_PATH, SETTINGS_PATH, USAGE_PATH
from app.web.integration.posted import posted_fields
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
        form = await posted_fields(request, self._deps.settings.public_url)
        family_id = form.get("sign_in", "")
        org = await self._org(request, form.get("csrf", ""), f"revoke|{family_id}")
        ended = await self._deps.services.endings.end_family(org.org_id, family_id, because="revoked_by_admin")
        return back_to(SETTINGS_PATH, "revoked" if ended else "not_found", anchor="sign-ins")

    async def usage(self, request: Request) -> Response:
        """POST: a checkbox, whether usage is shown."""
        form = await posted_fields(request, self._deps.settings.public_url)
        org = await self._org(request, form.get("csrf", ""), USAGE_PATH)
        shown = "shown" in form
        await self._deps.services.orgs.show_usage(org.org_id, shown=shown)
        log.info("usage_shown", org_id=org.org_id, shown=shown)
        return back_to(SETTINGS_PATH, "usage_shown" if shown else "usage_hidden", anchor="usage")

    async def check(self, request: Request) -> Response:
        """POST: the org is checked now, at most once a minute over all replicas."""
        form = await posted_fields(request, self._deps.settings.public_url)
        org = await self._org(request, form.get("csrf", ""), CHECK_PATH)
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
        form = await posted_fields(request, self._deps.settings.public_url)
        org = await self._org(request, form.get("csrf", ""), DISABLE_PATH)
        await self._deps.services.disabling.disable(org.org_id)
        return back_to(SETTINGS_PATH, "disabled")

    async def _org(self, request: Request, csrf: str, form: str) -> Org:
        """The org of an admin who sends that form. Raises NotSignedIn, NotOpen, SignInRefused."""
        visitor = await self._visitors.visitor(request)
        if not visitor.is_form_token(csrf, form):
            raise SignInRefused(RefusalKind.PAGE_EXPIRED)
        return visitor.enabled_org
