"""The way into an org: a Reader for whoever asks, under the rules that stand for him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio

from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.describe import DescribeCache, DescribedObject
from app.org.errors import ConnectionLost, OrgError, OrgErrorCode, StatementRefused
from app.org.failures import RECONNECT
from app.org.limits import ApiUsage, OrgLimits
from app.org.queries import OrgQueries
from app.org.reader import Ask, Reader, Result, Row
from app.org.record_filters import StatementScope
from app.org.salesforce_client import SalesforceClient
from app.org.schema_check import Missing, check_schema, objects_to_describe
from app.org.schema_map import MappedObject, SchemaMap
from app.org.schema_refusals import SchemaRefusals
from app.org.statement_reader import OrgsWithoutOptionalFields, StatementReader
from app.org.statements import Statements
from app.org.tokens import Grants, SalesforceToken, TokenSource
from app.org.writer import OrgWriter
from app.org.writes import Writer
from app.settings import Settings
from soql.statements import StatementFile

__all__ = ["Ask", "Gateway", "Reader", "Result", "Row"]

_SCOPES = {Scope.ADMIN: StatementScope.ADMIN, Scope.USER: StatementScope.USER}


class Gateway:
    """One for the process. Compiles every statement for each of its scopes at start, and fails there if one is bad."""

    def __init__(
        self,
        settings: Settings,
        statements: Mapping[str, StatementFile],
        schema_map: SchemaMap,
        grants: Grants,
        clock: Clock,
    ) -> None:
        """Raises StatementRefused naming the statement that breaks a rule."""
        self.statements = Statements(statements, schema_map)
        self.schema_map = schema_map
        self._grants = grants
        self._limits = OrgLimits(clock)
        self._client = SalesforceClient(
            api_version=settings.salesforce_api_version,
            read_seconds=settings.salesforce_timeout_seconds,
            connections=settings.salesforce_connections,
            trusted_origin=settings.salesforce_trusted_origin,
            limits=self._limits,
        )

        self.schema_refusals = SchemaRefusals(clock)
        self._without_optional = OrgsWithoutOptionalFields(clock)
        self._describes = DescribeCache(self._client, clock)

    def as_caller(self, caller: Caller) -> Reader:
        """Statements of the caller's scope, compiled with its record filter; `:me` is bound to the caller's user id.

        A one-time-code caller has no user id: he reads as the org connection, and a statement with `:me` fails.
        Raises ConnectionLost where that connection is dead.
        """
        if caller.connection_lost:
            raise ConnectionLost
        if caller.user_id is not None:
            source = self._grants.of_user(caller.org_id, caller.user_id)
        elif caller.scope is Scope.ADMIN:
            source = self._grants.of_org_connection(caller.org_id)
        else:
            raise StatementRefused("a caller who is no Salesforce user can only be an admin")
        return self._reader(source, _SCOPES[caller.scope], caller.org_id, caller.user_id)

    def as_org_connection(self, org_id: str) -> Reader:
        """Statements with scope org only, as the org connection. Their rows never reach a caller as such."""
        return self._reader(self._grants.of_org_connection(org_id), StatementScope.ORG, org_id, None)

    def for_sign_in(self, org_id: str) -> Reader:
        """As `as_org_connection`, for what decides who may come in: not shed when the org is near its limit."""
        source = self._grants.of_org_connection(org_id)
        return self._reader(source, StatementScope.ORG, org_id, None, shed=False)

    def with_token(self, token: SalesforceToken) -> Reader:
        """Statements with scope org only, with a token that no grant holds yet: while a sign-in runs. Never shed."""
        return self._reader(_OneToken(token), StatementScope.ORG, token.org_id, None, shed=False)

    def writer(self, org_id: str) -> Writer:
        """Transactions, as the org connection, whoever asked for them: what app.org.write_rules allows, and no more."""
        return OrgWriter(self._client, self._grants.of_org_connection(org_id), self.schema_map)

    async def userinfo(self, token: SalesforceToken) -> Mapping[str, Any]:
        """`/services/oauth2/userinfo` as Salesforce answers it (OpenID Connect names)."""
        queries = OrgQueries(self._client, _OneToken(token), self._limits, shed=False)
        return await queries.read(self._client.userinfo)

    async def missing_of(self, token: SalesforceToken) -> tuple[Missing, ...]:
        """What the org lacks of the schema map, as the token's user sees it. Describes are kept, and cost calls only
        when they are not. Raises OrgError."""
        queries = OrgQueries(self._client, _OneToken(token), self._limits, shed=False)
        return await self._missing(queries, token.org_id, token.user_id)

    async def missing_of_org_connection(self, org_id: str) -> tuple[Missing, ...]:
        """What the org lacks of the schema map, as the org connection sees it. Raises OrgError.

        Of an object that lacks something the describe is read in full the next time: a permission that comes back does
        not always touch the date by which Salesforce answers 304.
        """
        source = self._grants.of_org_connection(org_id)
        token = await source.current()
        missing = await self._missing(OrgQueries(self._client, source, self._limits), org_id, token.user_id)
        self._describes.forget(org_id, {self.schema_map.object(lack.object).api for lack in missing})
        return missing

    def forget_describes(self, org_id: str) -> None:
        """The next look at the org's schema reads it in full: somebody was refused what it seemed to have."""
        self._describes.forget(org_id)

    def api_usage(self, org_id: str) -> ApiUsage | None:
        """What the org's last answer said about its API requests; None before the first."""
        return self._limits.usage(org_id)

    def close(self) -> None:
        """Close the pooled connections."""
        self._client.close()

    async def _missing(self, queries: OrgQueries, org_id: str, user_id: str) -> tuple[Missing, ...]:
        described: dict[str, DescribedObject | None] = {}
        failures: list[OrgError] = []

        async def describe(mapped: MappedObject) -> None:
            try:
                described[mapped.name] = await self._describes.described(queries, org_id, user_id, mapped.api)
            except OrgError as problem:
                failures.append(problem)
                group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for mapped in objects_to_describe(self.schema_map):
                group.start_soon(describe, mapped)
        if failures:
            raise failures[0]
        return check_schema(self.schema_map, self.statements.every(), described)

    def _reader(
        self, source: TokenSource, scope: StatementScope, org_id: str, me: str | None, *, shed: bool = True
    ) -> Reader:
        queries = OrgQueries(self._client, source, self._limits, shed=shed)
        return StatementReader(
            self.statements, queries, scope, org_id, me, self._without_optional, self.schema_refusals
        )


class _OneToken:
    """The token of a sign-in that is under way: there is nothing yet to renew it from."""

    def __init__(self, token: SalesforceToken) -> None:
        self._token = token

    async def current(self) -> SalesforceToken:
        return self._token

    async def renewed(self, stale: SalesforceToken) -> SalesforceToken:
        del stale
        raise OrgError(OrgErrorCode.RECONNECT_REQUIRED, RECONNECT)
