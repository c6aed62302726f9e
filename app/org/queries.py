"""Queries of one token source, whole: all pages, a renewed token, and the retries that a read can bear."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote_plus

import anyio

from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import RENEWED_IN_VAIN, UNEXPECTED, ConnectionDropped, OrgBusy, SessionExpired
from app.org.limits import OrgLimits
from app.org.salesforce_client import Page, SalesforceClient
from app.org.tokens import SalesforceToken, TokenSource

T = TypeVar("T")

LONGEST_GET = 12_000
"""Bytes of an encoded query in a URL. Salesforce refuses 16,384 for the whole URI with 414 (REST API guide)."""

BUSY_RETRIES = 2
BUSY_SECONDS = (0.1, 0.6)
"""A busy org is asked again this often, after a random wait between these, longer each time."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SOQL text to run. children: the API names of its child relationships, whose pages are followed too; one inside
    another stands after it, as `Links.Types`."""

    soql: str
    tooling: bool = False
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """All records of a query as Salesforce has them."""

    records: list[Any]
    total: int


class OrgQueries:
    """Runs reads as whoever the token source stands for. shed: they are refused while the org is near its limit of API
    requests; what a sign-in needs is not."""

    def __init__(self, client: SalesforceClient, source: TokenSource, limits: OrgLimits, *, shed: bool = True) -> None:
        self._client = client
        self._source = source
        self._limits = limits
        self._shed = shed

    async def run(self, query: Query) -> Answer:
        """One query: one call, and one more for each further page."""
        if len(quote_plus(query.soql)) > LONGEST_GET and not query.tooling:
            return (await self.run_together([query]))[0]
        page = await self.read(lambda token: self._client.query(token, query.soql, tooling=query.tooling))
        return await self._whole(query, page)

    async def run_together(self, queries: Sequence[Query]) -> list[Answer]:
        """Up to five queries, none of the tooling API, in one call, and one more for each further page of any."""
        texts = [query.soql for query in queries]
        pages = await self.read(lambda token: self._client.query_together(token, texts))
        return [await self._whole(query, page) for query, page in zip(queries, pages, strict=True)]

    async def read(self, call: Callable[[SalesforceToken], Awaitable[T]]) -> T:
        """Make a call that only reads; again with a renewed token after a 401, and after a passing failure.

        Never for a call that could write: each of these failures may come after Salesforce has done what was asked.
        That a grant is at its end only its renewal tells (reconnect_required): a session that ends at once although it
        was renewed may be a policy of the org's, and a new sign-in would not help.
        """
        token = await self._source.current()
        if self._shed:
            self._limits.admit_read(token.org_id)
        renewed = dropped = False
        busy = 0
        while True:
            try:
                return await call(token)
            except SessionExpired:
                if renewed:
                    raise OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, RENEWED_IN_VAIN) from None
                renewed = True
                token = await self._source.renewed(token)
            except ConnectionDropped:
                if dropped:
                    raise
                dropped = True
            except OrgBusy:
                busy += 1
                if busy > BUSY_RETRIES:
                    raise
                await anyio.sleep(busy * secrets.SystemRandom().uniform(*BUSY_SECONDS))

    async def _whole(self, query: Query, first: Page) -> Answer:
        records = await self._all_records(first)
        for child in query.children:
            await self._follow(records, child.split("."))
        return Answer(records, first.total)

    async def _follow(self, records: Sequence[Any], path: Sequence[str]) -> None:
        """Make the child rows at the end of the path whole, in every record."""
        name, *further = path
        for record in records:
            answer = record.get(name)
            if answer is None:
                continue
            if not answer["done"]:
                page = Page(answer["records"], answer["totalSize"], answer["nextRecordsUrl"])
                answer["records"], answer["done"] = await self._all_records(page), True
            if further:
                await self._follow(answer["records"], further)

    async def _all_records(self, first: Page) -> list[Any]:
        records = list(first.records)
        page = first
        while page.next_url is not None:
            next_url = page.next_url
            page = await self.read(lambda token, url=next_url: self._client.query_more(token, url))
            if not page.records:
                raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
            records.extend(page.records)
        return records
