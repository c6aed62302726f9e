"""Transactions of one org, as its org connection: one request each, all of it or nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import anyio
import structlog

from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import (
    LOCKED,
    OUTCOME_UNKNOWN,
    RENEWED_IN_VAIN,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    UnreadableAnswer,
)
from app.org.queries import BUSY_RETRIES, BUSY_SECONDS
from app.org.salesforce_client import SalesforceClient
from app.org.schema_map import SchemaMap
from app.org.tokens import SalesforceToken, TokenSource
from app.org.write_outcome import ids_of
from app.org.write_request import PlannedPart, plan_request
from app.org.writes import Write

_log = structlog.stdlib.get_logger(__name__)


class OrgWriter:
    """Implements app.org.writes.Writer. Writes are not shed near the org's limit: people have confirmed them."""

    def __init__(self, client: SalesforceClient, source: TokenSource, schema_map: SchemaMap) -> None:
        self._client = client
        self._source = source
        self._map = schema_map

    async def write(self, *writes: Write) -> Mapping[str, str]:
        """One call to Salesforce, and one more for each time that it surely did nothing and may do it now: it ended
        the session (once), or somebody held a row (BUSY_RETRIES times, after a random wait)."""
        planned = plan_request(writes, self._map)
        token = await self._source.current()
        renewed = False
        busy = 0
        while True:
            try:
                return await self._once(token, planned)
            except SessionExpired:
                if renewed:
                    raise OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, RENEWED_IN_VAIN) from None
                renewed = True
                token = await self._source.renewed(token)
            except OrgError as problem:
                busy += 1
                if problem.salesforce_code != LOCKED or busy > BUSY_RETRIES:
                    self._tell(problem, token.org_id, writes)
                    raise
                await anyio.sleep(busy * secrets.SystemRandom().uniform(*BUSY_SECONDS))

    async def _once(self, token: SalesforceToken, planned: Sequence[PlannedPart]) -> Mapping[str, str]:
        try:
            answers = await self._client.composite(token, [each.part for each in planned], all_or_none=True)
        except OrgError as problem:
            if not _may_have_been_done(problem):
                raise
            unknown = OutcomeUnknown(
                OrgErrorCode.SALESFORCE_UNAVAILABLE, OUTCOME_UNKNOWN, salesforce_code=problem.salesforce_code
            )
        else:
            try:
                return ids_of(planned, answers)
            except UnreadableAnswer:
                unknown = OutcomeUnknown(OrgErrorCode.SALESFORCE_UNAVAILABLE, OUTCOME_UNKNOWN)
        raise unknown

    def _tell(self, problem: OrgError, org_id: str, writes: Sequence[Write]) -> None:
        if problem.code in {OrgErrorCode.INTERNAL, OrgErrorCode.FAILED} or isinstance(problem, OutcomeUnknown):
            _log.warning(
                "write_failed",
                objects=sorted({write.object for write in writes}),
                org_id=org_id,
                code=problem.code.value,
                salesforce_code=problem.salesforce_code,
            )


def _may_have_been_done(problem: OrgError) -> bool:
    """Whether the failure of a whole request leaves open what Salesforce did.

    Broken connections, time-outs and every 5xx do. So does 503: the REST API guide calls it a server that is overloaded
    or down for maintenance, and does not say that the request was not begun. A 4xx is a refusal: nothing was done.
    """
    if isinstance(problem, NotSent):
        return False
    return isinstance(problem, UnreadableAnswer) or (
        problem.code is OrgErrorCode.SALESFORCE_UNAVAILABLE and not isinstance(problem, SessionExpired)
    )
