"""What an org lacks: licence and version, permissions, parts of the schema. Checked when it is enabled, and later."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

import structlog

from app import metrics
from app.clock import Clock
from app.org.caller import Scope
from app.org.connection import ConnectionReport, check_connection
from app.org.errors import ConnectionLost, OrgError
from app.org.gateway import Gateway
from app.org.record_filters import StatementScope
from app.org.schema_check import Missing, statements_off
from app.org.tokens import SalesforceToken
from app.org.write_rules import WRITE_RULES
from app.signin.connection_watch import ConnectionWatch
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.orgs import Check, Org, Orgs

FRESH = timedelta(hours=1)
"""A sign-in believes a check that is younger."""

OFF_BY_SCOPE = "off"
"""In the result of a check: scope (admin, user, org) → what is off → why."""

AVAILABILITY = "availability"
ACTIONS = "actions"

log = structlog.get_logger(__name__)


class OrgChecks:
    """Checks orgs. `tools`: what each tool runs, by names of statements; a statement of no tool is named itself."""

    def __init__(
        self,
        gateway: Gateway,
        orgs: Orgs,
        watch: ConnectionWatch,
        clock: Clock,
        tools: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._gateway = gateway
        self._orgs = orgs
        self._watch = watch
        self._clock = clock
        self._tools = tools or {}

    async def of_login(self, token: SalesforceToken) -> Check:
        """Everything, as the user of a login sees it. Raises OrgError."""
        namespace = self._gateway.schema_map.package_namespace
        report = await check_connection(self._gateway.with_token(token), namespace, self._clock())
        return self._check(report, await self._gateway.missing_of(token))

    async def again(self, org: Org, *, older_than: timedelta | None = FRESH) -> Org:
        """Licence, version, rights and schema once more, through the org connection, unless that was done lately.

        older_than: how old the last check must be; None: it is believed. An org that cannot be asked keeps what its
        last check said.
        """
        if org.checked_at is not None and (older_than is None or self._clock() - org.checked_at < older_than):
            return org
        try:
            check = await self.now(org)
        except OrgError as error:
            metrics.note_org_health(org.org_id, healthy=False)
            log.warning("org_not_checked", org_id=org.org_id, code=error.code.value)
            if isinstance(error, ConnectionLost):
                await self._watch.lost(org.org_id)
            return org
        metrics.note_org_health(org.org_id, healthy=_is_healthy(check.result, check.bookit_version))
        await self._watch.works(org)
        await self._orgs.note_check(org.org_id, check)
        return await self._orgs.find(org.org_id) or org

    async def admit(self, org_id: str) -> None:
        """Whether anybody may sign in to an org, as it was found within the last hour. Raises SignInRefused."""
        org = await self._orgs.find(org_id)
        if org is None or not org.is_enabled:
            raise SignInRefused(RefusalKind.ORG_NOT_ENABLED)
        org = await self.again(org)
        problems = licence_problems(org.check_result, org.bookit_version)
        if problems:
            raise SignInRefused(RefusalKind.LICENCE_OR_VERSION, *problems)

    def show(self, org: Org) -> None:
        """Sets the metric to what the last check found, whichever process made it."""
        healthy = org.connection_lost_at is None and _is_healthy(org.check_result or {}, org.bookit_version)
        metrics.note_org_health(org.org_id, healthy=healthy)

    async def now(self, org: Org) -> Check:
        """Everything, through the org connection, whatever the last check said. Raises OrgError."""
        namespace = self._gateway.schema_map.package_namespace
        reader = self._gateway.as_org_connection(org.org_id)
        report = await check_connection(reader, namespace, self._clock())
        return self._check(report, await self._gateway.missing_of_org_connection(org.org_id))

    def _check(self, report: ConnectionReport, missing: Collection[Missing]) -> Check:
        off = _abilities_off(report, missing)
        by_scope = {scope.value: {**off, **self._off_in(scope, missing)} for scope in StatementScope}
        return Check(
            result={
                "licence": report.licence,
                "licence_expires": report.licence_expires.isoformat() if report.licence_expires else None,
                "licensed": report.licensed,
                "supported": report.supported,
                "view_all_data": report.view_all_data,
                "modify_all_data": report.modify_all_data,
                "missing": [str(lack) for lack in missing],
                OFF_BY_SCOPE: by_scope,
            },
            bookit_version=str(report.version) if report.version is not None else None,
            what_is_off={what: why for of_scope in by_scope.values() for what, why in of_scope.items()},
        )

    def _off_in(self, scope: StatementScope, missing: Collection[Missing]) -> Mapping[str, str]:
        statements = (each for each in self._gateway.statements.every() if each.scope is scope)
        return {
            what: "; ".join(map(str, lacks))
            for statement, lacks in statements_off(missing, statements).items()
            for what in users_of(statement, self._tools)
        }


def _abilities_off(report: ConnectionReport, missing: Collection[Missing]) -> dict[str, str]:
    """What the org connection cannot do, with why: nobody's own rights matter for it."""
    reads = () if report.view_all_data else (_lacks_permission("View All Data"),)
    writes = () if report.modify_all_data else (_lacks_permission("Modify All Data"),)
    lacks = [lack for lack in missing if _is_written(lack)]
    schema = (f"The org lacks what an action writes: {'; '.join(map(str, lacks))}.",) if lacks else ()
    whys = {AVAILABILITY: reads, ACTIONS: (*reads, *writes, *schema)}
    return {what: " ".join(why) for what, why in whys.items() if why}


def _lacks_permission(permission: str) -> str:
    return f"The org connection's user lacks the permission {permission}. Bind it as a user who has it."


def _is_written(lack: Missing) -> bool:
    rule = WRITE_RULES.get(lack.object)
    return rule is not None and (lack.field is None or lack.field in rule.create | rule.update)


def users_of(statement: str, tools: Mapping[str, Collection[str]]) -> list[str]:
    """What runs a statement: tools and arguments; a statement of no tool is named itself."""
    return [what for what, statements in tools.items() if statement in statements] or [statement]


def off_in_scope(org: Org, scope: Scope) -> Mapping[str, str]:
    """What is off for callers of a scope, with why: what only the other scope's tools need is not among it."""
    by_scope = (org.check_result or {}).get(OFF_BY_SCOPE)
    if by_scope is None:
        return org.what_is_off
    return {**by_scope[StatementScope.ORG.value], **by_scope[scope.value]}


def _is_healthy(result: Mapping[str, object], bookit_version: str | None) -> bool:
    rights = all(result.get(right) for right in ("view_all_data", "modify_all_data"))
    return rights and not licence_problems(result, bookit_version)


def licence_problems(check: Mapping[str, object] | None, bookit_version: str | None) -> tuple[str, ...]:
    """Why an org with this check may not use BookIt MCP at all (guide, Prerequisites); empty: it may."""
    if check is None:
        return ("The org was never checked.",)
    problems: list[str] = []
    if bookit_version is None:
        problems.append("The LeanData package is not installed, or this user may not see it.")
    elif not check.get("supported"):
        problems.append(f"The installed BookIt version is {bookit_version}; 7.x or 8.x is needed.")
    if not check.get("licensed"):
        licence = check.get("licence")
        found = f"its status is {licence}" if licence else "there is none"
        if licence in {"Active", "Trial", "Free"}:
            found = "it has expired"
        problems.append(f"An active BookIt licence is needed: {found}.")
    return tuple(problems)
