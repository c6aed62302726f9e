"""Orgs are checked again in the background: what an admin takes away is off by name, and on again, without a restart.

One process at a time for each org, by a lease. A check costs three calls and, for each object of the schema map, a
describe that is most often an empty 304; no tool call and no sign-in waits for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import anyio
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.clock import Clock
from app.org.gateway import Gateway
from app.signin.org_checks import OrgChecks
from app.store.leases import Leases
from app.store.orgs import Org, Orgs

CHECK_EVERY = timedelta(minutes=15)
CHECK_EVERY_WHILE_OFF = timedelta(minutes=5)
"""Something is off, so somebody may be waiting for it to come back."""
CHECK_AFTER_REFUSAL = timedelta(minutes=1)
"""The least time between two checks, when Salesforce has refused a statement since the last."""

TICK_SECONDS = 30.0
AT_ONCE = 4
LEASE_TTL = timedelta(minutes=5)

log = structlog.stdlib.get_logger(__name__)


class OrgRechecks:
    """One for the process."""

    def __init__(self, checks: OrgChecks, gateway: Gateway, orgs: Orgs, leases: Leases, clock: Clock) -> None:
        self._checks = checks
        self._gateway = gateway
        self._orgs = orgs
        self._leases = leases
        self._clock = clock
        self._shown: set[str] = set()

    async def run(self) -> None:
        """Checks the orgs that are due, twice a minute, until it is cancelled. What fails is tried again then."""
        while True:
            await anyio.sleep(TICK_SECONDS)
            try:
                await self.sweep()
            except (SQLAlchemyError, OSError) as error:
                log.error("org_rechecks_failed", error=type(error).__name__)

    async def sweep(self) -> tuple[str, ...]:
        """Checks every org that is due now; the ids of those that this process has looked at."""
        enabled = await self._orgs.enabled()
        due = [org for org in enabled if self._wait(org) is not None]
        self._show(enabled)
        turns = anyio.CapacityLimiter(AT_ONCE)
        looked_at: list[str] = []

        async def check(org: Org) -> None:
            async with turns, self._leases.holding(f"org-check|{org.org_id}", LEASE_TTL) as held:
                if not held:
                    return
                if self._gateway.schema_refusals.noticed(org.org_id):
                    self._gateway.schema_refusals.checked(org.org_id)
                    self._gateway.forget_describes(org.org_id)
                # Another process may have checked it since it was found due.
                await self._checks.again(await self._orgs.find(org.org_id) or org, older_than=self._wait(org))
                looked_at.append(org.org_id)

        async with anyio.create_task_group() as group:
            for org in due:
                group.start_soon(check, org)
        return tuple(looked_at)

    def _show(self, enabled: Sequence[Org]) -> None:
        """What other processes have found out, and which orgs have been turned off, so that no series is stale."""
        ids = {org.org_id for org in enabled}
        for gone in self._shown - ids:
            metrics.forget_org(gone)
        self._shown = ids
        for org in enabled:
            if self._wait(org) is None:
                self._checks.show(org)

    def _wait(self, org: Org) -> timedelta | None:
        """How old the org's last check must be for another one, if it is that old; None if it is not due."""
        wait = CHECK_EVERY_WHILE_OFF if org.what_is_off else CHECK_EVERY
        if self._gateway.schema_refusals.noticed(org.org_id):
            wait = CHECK_AFTER_REFUSAL
        return wait if org.checked_at is None or self._clock() - org.checked_at >= wait else None
