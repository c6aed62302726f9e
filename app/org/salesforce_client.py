"""The one module that calls simple-salesforce: direct mode, one object for each call, in threads.

Every method is one HTTP request. Errors come out as OrgError (app.org.failures) and hold no URL, SOQL or token, not
even in `__context__`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import anyio
import anyio.to_thread
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.util import Usage

from app import metrics
from app.org.call_count import count_call
from app.org.composite import Part, PartAnswer, composite_answers, composite_body
from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import TIMED_OUT, UNEXPECTED, DailyLimitReached, NotSent, failure_of, failure_of_answer
from app.org.limits import OrgLimits
from app.org.tokens import SalesforceToken
from app.org.transport import SalesforceSession, quiet_library_logs

T = TypeVar("T")

_NEXT_PAGE = re.compile(r"/services/data/v\d{2,3}\.0/(tooling/)?query/[A-Za-z0-9]+-\d+", re.ASCII)
_OBJECT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query's answer, as Salesforce sent it. `next_url` is None on the last page."""

    records: list[Any]
    total: int
    next_url: str | None


class SalesforceClient:
    """Calls to any org, with the token that each call brings along."""

    def __init__(
        self,
        *,
        api_version: str,
        read_seconds: float,
        connections: int,
        trusted_origin: str | None,
        limits: OrgLimits,
    ) -> None:
        quiet_library_logs()
        self._version = api_version
        self._trusted_origin = trusted_origin
        self._limits = limits
        self._session = SalesforceSession(
            read_seconds=read_seconds, connections=connections, trusted_origin=trusted_origin
        )
        self._wait_seconds = read_seconds
        self._turns = anyio.CapacityLimiter(connections)
        self._threads = anyio.CapacityLimiter(connections)

    async def query(self, token: SalesforceToken, soql: str, *, tooling: bool = False) -> Page:
        """The first page of a query, by GET."""
        path = "tooling/query/" if tooling else "query/"
        return _page(await self._call("query", token, lambda org: org.restful(path, params={"q": soql})))

    async def query_more(self, token: SalesforceToken, next_url: str) -> Page:
        """A further page. Raises OrgError(internal) for an address that is not a query's page on the same host."""
        if _NEXT_PAGE.fullmatch(next_url) is None:
            raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
        return _page(
            await self._call("query_more", token, lambda org: org.query_more(next_url, identifier_is_url=True))
        )

    async def query_together(self, token: SalesforceToken, queries: Sequence[str]) -> list[Page]:
        """The first pages of up to five queries, by one POST, where a query's length is no matter.

        Not for the tooling API, whose resources a composite does not take.
        """
        parts = [Part(f"query{number}", "GET", f"query?q={quote_plus(soql)}") for number, soql in enumerate(queries)]
        answers = await self.composite(token, parts, all_or_none=False)
        failed = next((answer for answer in answers if answer.status >= 300), None)
        if failed is None:
            return [_page(answer.body) for answer in answers]
        raise failure_of_answer(failed.status, failed.body)

    async def composite(self, token: SalesforceToken, parts: Sequence[Part], *, all_or_none: bool) -> list[PartAnswer]:
        """Up to 25 parts by one POST, and their answers in the same order, whether they failed or not.

        all_or_none: one that fails takes all back. Raises UnreadableAnswer for an answer without one for each part.
        """
        body = composite_body(self._version, parts, all_or_none=all_or_none)
        answer = await self._call("composite", token, lambda org: org.restful("composite", method="POST", json=body))
        return composite_answers(parts, answer)

    async def describe(
        self, token: SalesforceToken, object_name: str, *, modified_since: datetime | None = None
    ) -> Mapping[str, Any] | None:
        """An object's describe, None if it has not changed since. Raises OrgError(not_found) for one that is not
        there, or that this user may not see."""
        if _OBJECT_NAME.fullmatch(object_name) is None:
            raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
        headers = {} if modified_since is None else {"If-Modified-Since": format_datetime(modified_since, usegmt=True)}
        answer = await self._call("describe", token, partial(_describe, object_name=object_name, headers=headers))
        if answer is not None and not isinstance(answer, dict):
            raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
        return answer  # pyright: ignore[reportUnknownVariableType]  JSON objects have text keys

    async def userinfo(self, token: SalesforceToken) -> Mapping[str, Any]:
        """The OpenID Connect userinfo of the token's user."""
        answer = await self._call("userinfo", token, lambda org: org.oauth2("userinfo"))
        if not isinstance(answer, dict):
            raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
        return answer  # pyright: ignore[reportUnknownVariableType]  JSON objects have text keys

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    async def _call(self, resource: str, token: SalesforceToken, use: Callable[[Salesforce], T]) -> T:
        self._check_origin(token.instance_url)
        await self._take_turn()
        answer: list[T] = []
        error: str | None = None
        began = perf_counter()
        try:
            # From here on the request leaves, even if whoever asked is gone: so it is counted here, and not before.
            with anyio.CancelScope(shield=True):
                count_call()
                answer.append(await anyio.to_thread.run_sync(self._call_in_thread, token, use, limiter=self._threads))
        except OrgError as problem:
            error = problem.salesforce_code or problem.code.value
            raise
        finally:
            self._turns.release()
            metrics.note_salesforce_call(resource, seconds=perf_counter() - began, error=error)
        return answer[0]

    async def _take_turn(self) -> None:
        """Waits for a free connection, as long as for an answer: slow orgs may hold them all."""
        with anyio.move_on_after(self._wait_seconds):
            await self._turns.acquire()
            return
        raise NotSent(OrgErrorCode.SALESFORCE_UNAVAILABLE, TIMED_OUT)

    def _call_in_thread(self, token: SalesforceToken, use: Callable[[Salesforce], T]) -> T:
        org = Salesforce(
            session_id=token.access_token.get_secret_value(),
            instance_url=token.instance_url,
            version=self._version,
            session=self._session,
            object_pairs_hook=None,
        )
        try:
            answer = use(org)
        except Exception as problem:
            failure = failure_of(problem)
            if failure is None:
                raise
        else:
            usage = org.api_usage.get("api-usage")
            if isinstance(usage, Usage):
                self._limits.saw(token.org_id, usage.used, usage.total)
                metrics.note_org_limit(token.org_id, used=usage.used, total=usage.total)
            return answer
        # Raised out here, where the library's exception, whose text has the URL, does not become its context.
        if isinstance(failure, DailyLimitReached):
            self._limits.was_refused(token.org_id)
        raise failure

    def _check_origin(self, instance_url: str) -> None:
        """https everywhere but at the one configured origin. Which hosts are Salesforce's the sign-in has checked."""
        parts = urlsplit(instance_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin != self._trusted_origin and (parts.scheme != "https" or parts.username is not None):
            raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)


def _describe(org: Salesforce, *, object_name: str, headers: Mapping[str, str]) -> Any:
    try:
        return org.restful(f"sobjects/{object_name}/describe", headers=headers)
    except SalesforceError as problem:
        if problem.status == NOT_MODIFIED:
            return None
        raise


def _page(answer: Any) -> Page:
    try:
        records, total, done = answer["records"], answer["totalSize"], answer["done"]
        next_url = None if done else answer["nextRecordsUrl"]
    except (KeyError, TypeError):
        raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED) from None
    return Page(records, total, next_url)
