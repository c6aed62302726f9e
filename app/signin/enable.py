"""Turning BookIt MCP on for an org: an admin's login becomes the org connection, if the org has what is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog

from app.email_address import usable_address
from app.org.caller import Scope
from app.org.gateway import Gateway
from app.signin.endings import Endings
from app.signin.grants import StoredGrants
from app.signin.org_checks import OrgChecks, licence_problems
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.salesforce import SalesforceLogin, SalesforceTokens
from app.signin.standing import StandingReader
from app.store.grants import Purpose
from app.store.orgs import Orgs

CANNOT_SEE_PERMISSION_SETS = (
    "This user may not see permission sets. Enable as an admin who has View Setup and Configuration and View All Data."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableReport:
    """How it went. problems: why the org was not enabled, for an admin; empty when it was.
    off: what does not work in it all the same (a tool, an ability), with the reason. username: whose login it was;
    None where it could not be read."""

    org_id: str
    org_name: str
    username: str | None
    bookit_version: str | None = None
    problems: tuple[str, ...] = ()
    off: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def enabled(self) -> bool:
        """Whether the org is on now."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableDeps:
    """What enabling works with."""

    gateway: Gateway
    standings: StandingReader
    checks: OrgChecks
    grants: StoredGrants
    orgs: Orgs
    login: SalesforceLogin
    endings: Endings


async def enable_org(deps: EnableDeps, tokens: SalesforceTokens, *, admin_email: str | None = None) -> EnableReport:
    """Enables the org of a fresh login, or enables it again with this login as its connection.

    The login is used for nothing else: the admin's own sign-in has a grant of its own. Where the org is not enabled
    the login is revoked. admin_email: who is told when the connection dies; the login's own address without it.
    Raises SignInRefused for somebody who may not sign in at all, and OrgError.
    """
    try:
        report = await _enable(deps, tokens, admin_email)
    except BaseException:
        await deps.login.give_back(tokens)
        raise
    if not report.enabled:
        await deps.login.give_back(tokens)
    log.info("org_enabling", org_id=report.org_id, enabled=report.enabled, off=sorted(report.off))
    return report


async def _enable(deps: EnableDeps, tokens: SalesforceTokens, admin_email: str | None) -> EnableReport:
    organization = (await deps.gateway.with_token(tokens.token).fetch("signin/organization")).rows[0]
    report = EnableReport(org_id=tokens.org_id, org_name=organization["Name"], username=None)
    try:
        standing = await deps.standings.read(tokens.token)
    except SignInRefused as refused:
        if refused.refusal.kind is not RefusalKind.SCOPE_UNREADABLE:
            raise
        return replace(report, problems=(CANNOT_SEE_PERMISSION_SETS,))
    report = replace(report, username=standing.username)
    problems: list[str] = []
    if standing.scope is not Scope.ADMIN:
        problems.append(f"{standing.username} is no BookIt admin: LeanData Custom Objects Full Access is needed.")
    if tokens.refresh_token is None:
        problems.append("The External Client App allows no refresh tokens.")
    if problems:
        return replace(report, problems=tuple(problems))
    check = await deps.checks.of_login(tokens.token)
    problems.extend(licence_problems(check.result, check.bookit_version))
    if problems:
        return replace(report, bookit_version=check.bookit_version, problems=tuple(problems))
    before = await deps.orgs.find(tokens.org_id)
    if before is not None and not before.is_enabled:
        # Who was just coming in when the org was turned off is not in when it is turned on again.
        await deps.endings.end_org(tokens.org_id, because="org_disabled")
    await deps.grants.keep(tokens, Purpose.ORG_CONNECTION)
    await deps.orgs.enable(
        tokens.org_id,
        name=report.org_name,
        instance_url=tokens.instance_url,
        connection_user_id=tokens.user_id,
        check=check,
        connection_username=standing.username,
        admin_email=usable_address(admin_email or standing.email),
    )
    if before is not None and before.connection_user_id not in {None, tokens.user_id}:
        await deps.grants.give_back(tokens.org_id, before.connection_user_id or "", Purpose.ORG_CONNECTION)
    return replace(report, bookit_version=check.bookit_version, off=check.what_is_off)
