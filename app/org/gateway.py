"""The way into an org: a Reader for whoever asks, under the rules that stand for him."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soql.statements import StatementFile

from app.clock import Clock
from app.org.caller import Caller
from app.org.reader import Ask, Reader, Result, Row
from app.org.schema_map import SchemaMap
from app.org.tokens import Grants, SalesforceToken
from app.settings import Settings

__all__ = ["Ask", "Gateway", "Reader", "Result", "Row"]


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
        raise NotImplementedError

    def as_caller(self, caller: Caller) -> Reader:
        """Statements of the caller's scope, compiled with its record filter; `:me` is bound to the caller's user id.

        A one-time-code caller has no user id: he reads as the org connection, and a statement with `:me` fails.
        """
        raise NotImplementedError

    def as_org_connection(self, org_id: str) -> Reader:
        """Statements with scope org only, as the org connection. Their rows never reach a caller as such."""
        raise NotImplementedError

    def with_token(self, token: SalesforceToken) -> Reader:
        """Statements with scope org only, with a token that no grant holds yet: while a sign-in runs."""
        raise NotImplementedError

    async def installed_packages(self, token: SalesforceToken) -> tuple[Row, ...]:
        """Rows of `org/installed_packages` (namespace, version parts), through the tooling API."""
        raise NotImplementedError

    async def userinfo(self, token: SalesforceToken) -> Mapping[str, Any]:
        """`/services/oauth2/userinfo` as Salesforce answers it (OpenID Connect names)."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the pooled connections."""
        raise NotImplementedError
