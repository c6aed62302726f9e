"""Who looks at the integration page: an admin by his session, with rights that are at most 5 minutes old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from starlette.requests import Request

from app.org.errors import OrgError
from app.signin.admin_rights import AdminRight
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.orgs import Org
from app.store.page_sessions import PageSession
from app.web.browser_cookie import form_token, is_form_token
from app.web.integration.deps import PageDeps
from app.web.integration.posted import posted_fields

RIGHTS_LAST = timedelta(minutes=5)

log = structlog.get_logger(__name__)


class NotSignedIn(Exception):
    """The browser has no living session: it is sent to the page that offers the login."""


class NotOpen(Exception):
    """The org is not enabled, or its connection cannot say who is an admin: only enabling is open."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """An admin. org: his org as it is enabled; None when it is not. is_open: false where the org connection is of no
    use, so that nobody can say whether he is an admin still: he may bind another, and see nothing else."""

    value: str
    session: PageSession
    org: Org | None
    is_open: bool

    def form_token(self, form: str) -> str:
        """The hidden field of a form on his pages; form: what it does, with what."""
        return form_token(self.value, form)

    def is_form_token(self, candidate: str, form: str) -> bool:
        """Whether the field is of that form, on a page of this very session."""
        return is_form_token(candidate, self.value, form)

    @property
    def enabled_org(self) -> Org:
        """His org. Raises NotOpen."""
        if self.org is None or not self.is_open:
            raise NotOpen
        return self.org


class Visitors:
    """Finds out who it is."""

    def __init__(self, deps: PageDeps) -> None:
        self._deps = deps

    async def visitor(self, request: Request) -> Visitor:
        """Raises NotSignedIn; SignInRefused for somebody who is an admin no more, and while Salesforce is away."""
        value = self._deps.cookie.read(request)
        session = await self._deps.sessions.use(value) if value is not None else None
        if value is None or session is None:
            raise NotSignedIn
        org = await self._deps.services.orgs.find(session.admin.org_id)
        if org is None or not org.is_enabled:
            return Visitor(value, session, None, is_open=False)
        return Visitor(value, session, org, is_open=await self._has_rights(session))

    async def sender(self, request: Request, form: str, *, of: str | None = None) -> tuple[Visitor, Mapping[str, str]]:
        """Who sends a form, and its fields, once its token was compared. of: the field that says with what the form
        does what it does, so that its token is for that alone.

        Raises as `visitor` does, and SignInRefused where the form is of another site, page or session.
        """
        fields = await posted_fields(request, self._deps.settings.public_url)
        visitor = await self.visitor(request)
        named = form if of is None else f"{form}|{fields.get(of, '')}"
        if not visitor.is_form_token(fields.get("csrf", ""), named):
            raise SignInRefused(RefusalKind.PAGE_EXPIRED)
        return visitor, fields

    async def _has_rights(self, session: PageSession) -> bool:
        if self._deps.clock() - session.checked_at < RIGHTS_LAST:
            return True
        org_id, user_id = session.admin.org_id, session.admin.user_id
        try:
            right = await self._deps.services.admin_rights.of(org_id, user_id)
        except OrgError as error:
            raise SignInRefused(RefusalKind.UNAVAILABLE, error.message) from error
        if right is AdminRight.LOST:
            await self._deps.sessions.end_user(org_id, user_id)
            log.info("page_session_ended", org_id=org_id, user_id=user_id)
            raise SignInRefused(RefusalKind.NOT_ADMIN)
        if right is AdminRight.HELD:
            await self._deps.sessions.note_checked(org_id, user_id)
        return right is AdminRight.HELD
