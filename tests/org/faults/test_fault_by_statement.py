"""Every fault of an org, met by every kind of statement: the code that comes of it, in a bounded time, telling nothing.

The table is `CODES`: OK where the gateway gets over the fault by itself. Each cell runs over sockets, and each is
checked for more than its code: what was counted is what arrived, and nothing but a read was ever sent.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import pytest

from app.org.call_count import counting
from app.org.caller import Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.gateway import Gateway
from app.org.reader import Ask
from tests.org.faults.conftest import READ_SECONDS, FaultyOrg, Logged
from tests.support.wire import Arrived

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

OK = "ok"
UNAVAILABLE = OrgErrorCode.SALESFORCE_UNAVAILABLE.value
LIMIT = OrgErrorCode.SALESFORCE_LIMIT.value
RECONNECT = OrgErrorCode.RECONNECT_REQUIRED.value
CONFLICT = OrgErrorCode.CONFLICT.value
FAILED = OrgErrorCode.FAILED.value

Run = Callable[[Gateway, FaultyOrg], Awaitable[object]]

DESCRIBED = "LeanData__BookIt_Meeting__c"
LONG = [f"Word {number:04d} of a value" for number in range(900)]
FIVE = tuple(
    Ask("meetings/count", group_by=groups) for groups in ((), ("status",), ("host",), ("pool",), ("meeting_type",))
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: how it is run, and which requests of it a fault meets."""

    run: Run
    path: str
    method: str = "GET"


async def _query(gateway: Gateway, org: FaultyOrg) -> object:
    return await gateway.as_caller(org.caller("rep1", Scope.USER)).fetch("meetings/search_own", {"limit": 25})


async def _long_query(gateway: Gateway, org: FaultyOrg) -> object:
    binds = {"groups": [org.people["rep1"]], "names": LONG}
    return await gateway.as_org_connection(org.org_id).fetch("signin/group_members", binds)


async def _composite(gateway: Gateway, org: FaultyOrg) -> object:
    return await gateway.as_caller(org.caller("admin", Scope.ADMIN)).fetch_all(*FIVE)


async def _pages(gateway: Gateway, org: FaultyOrg) -> object:
    answer = await gateway.as_caller(org.caller("admin", Scope.ADMIN)).fetch("names/users", {"limit": 5_000})
    assert len(answer.rows) == answer.total > 2_000
    return answer


async def _describe(gateway: Gateway, org: FaultyOrg) -> object:
    return await gateway.missing_of_org_connection(org.org_id)


async def _tooling(gateway: Gateway, org: FaultyOrg) -> object:
    return await gateway.as_org_connection(org.org_id).fetch("org/installed_packages")


async def _userinfo(gateway: Gateway, org: FaultyOrg) -> object:
    return await gateway.userinfo(await org.grants.of_user(org.org_id, org.people["rep1"]).current())


KINDS: Mapping[str, Kind] = {
    "query": Kind(_query, "/services/data/*/query*"),
    "long query": Kind(_long_query, "/services/data/*/composite", "POST"),
    "composite": Kind(_composite, "/services/data/*/composite", "POST"),
    "second page": Kind(_pages, "/services/data/*/query/*-*"),
    "describe": Kind(_describe, f"/services/data/*/{DESCRIBED}/describe"),
    "tooling": Kind(_tooling, "/services/data/*/tooling/query*"),
    "userinfo": Kind(_userinfo, "/services/oauth2/userinfo"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A fault. again: how often its request is sent in all when the fault does not pass; met: how often it is met.
    slow: the time-outs that it costs. but: kinds of statement for which another code comes of it."""

    name: str
    kind: str
    code: str
    sent: int
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    times: int | None = 1
    slow: int = 0
    but: Mapping[str, tuple[str, int]] = field(default_factory=dict[str, "tuple[str, int]"])


# While somebody signs in there is no grant yet to renew a token from.
NO_GRANT_YET = {"userinfo": (RECONNECT, 1)}
# These are errors of the REST API; the identity endpoints have no such thing.
OF_THE_API = {"userinfo": (FAILED, 1)}
LONG_SLEEP = READ_SECONDS * 2

CASES = (
    Case("expired session", "expire_session", OK, 2, but=NO_GRANT_YET),
    Case("session that always expires", "expire_session", UNAVAILABLE, 2, times=None, but=NO_GRANT_YET),
    Case("revoked grant", "revoke_grant", RECONNECT, 1),
    Case("lock", "refuse", OK, 2, {"status": 400, "code": "UNABLE_TO_LOCK_ROW"}, but=OF_THE_API),
    Case("lasting lock", "refuse", CONFLICT, 3, {"status": 400, "code": "UNABLE_TO_LOCK_ROW"}, None, but=OF_THE_API),
    Case("503", "unavailable", OK, 2),
    Case("lasting 503", "unavailable", UNAVAILABLE, 3, times=None),
    Case("lasting 503 with a page", "unavailable", UNAVAILABLE, 3, {"html": True}, None),
    Case("500", "refuse", UNAVAILABLE, 1, {"status": 500, "code": "UNKNOWN_EXCEPTION"}),
    Case("slow before", "slow", UNAVAILABLE, 1, {"seconds": LONG_SLEEP}, slow=1),
    Case("slow after", "slow", UNAVAILABLE, 1, {"seconds": LONG_SLEEP, "when": "after"}, slow=1),
    Case("daily limit", "request_limit", LIMIT, 1, but=OF_THE_API),
    Case("busy limit", "request_limit", LIMIT, 1, {"limit": "ConcurrentPerOrgLongTxn"}, but=OF_THE_API),
    Case("dropped before", "drop", OK, 2),
    Case("dropped after", "drop", OK, 2, {"when": "after"}),
    Case("always dropped before", "drop", UNAVAILABLE, 2, times=None),
    Case("always dropped after", "drop", UNAVAILABLE, 2, {"when": "after"}, None),
    Case("truncated", "truncate", OK, 2),
    Case("always truncated", "truncate", UNAVAILABLE, 2, times=None),
)

CELLS = [pytest.param(case, name, id=f"{case.name}-{name}".replace(" ", "_")) for case in CASES for name in KINDS]


@pytest.mark.parametrize(("case", "statement"), CELLS)
async def test_a_fault_becomes_the_code_that_stands_in_the_table(
    clear_org: FaultyOrg,
    gateway: Gateway,
    case: Case,
    statement: str,
    logged: Logged,
) -> None:
    kind = KINDS[statement]
    expected, sent = case.but.get(statement, (case.code, case.sent))
    for grant in clear_org.grants.by_user.values():
        await grant.current()
    clear_org.wire.requests.clear()
    match = {"path": kind.path, "method": kind.method}
    armed = clear_org.running.fault(case.kind, **case.options, times=case.times, match=match)
    code, problem = OK, None
    began = perf_counter()
    with counting() as count:
        try:
            await kind.run(gateway, clear_org)
        except OrgError as error:
            code, problem = error.code.value, error
    seconds = perf_counter() - began
    try:
        assert code == expected
        assert seconds < READ_SECONDS * case.slow + 5
        calls = [each for each in clear_org.wire.requests if "/oauth2/token" not in each.path]
        assert count.calls == len([each for each in calls if "/authorize" not in each.path])
        assert _met_by(armed["id"], clear_org) == min(sent, case.times or sent)
        if (case.kind, statement) == ("expire_session", "describe"):
            assert _sent_again(calls) >= sent - 1  # the other describes of that moment have the same session
        else:
            assert _sent_again(calls) == sent - 1
        assert all(_only_reads(each) for each in clear_org.wire.requests)
        _tells_nothing(clear_org, problem, logged.text())
    finally:
        if case.kind in ("revoke_grant", "expire_session"):
            for grant in clear_org.grants.by_user.values():
                grant.forget()
    clear_org.clear()
    if expected != LIMIT:  # which goes on for a minute, see test_limits_over_sockets
        await kind.run(gateway, clear_org)


def _met_by(number: int, org: FaultyOrg) -> int:
    listed = org.running.controls.faults
    assert listed is not None
    line = listed.faults.line(number)
    assert line is not None
    return line["met"]


def _sent_again(calls: list[Arrived]) -> int:
    """How many requests were sent once more."""
    seen = [(each.method, each.path, each.query, each.body) for each in calls]
    return len(seen) - len(set(seen))


def _only_reads(arrived: Arrived) -> bool:
    """A GET, a refresh of a token, or a composite of GETs."""
    if arrived.method == "GET":
        return True
    if arrived.path == "/services/oauth2/token":
        return arrived.form()["grant_type"] == "refresh_token"
    if not arrived.path.endswith("/composite"):
        return False
    parts = json.loads(arrived.body)["compositeRequest"]
    return all(part["method"] == "GET" and "/query?" in part["url"] for part in parts)


def _tells_nothing(org: FaultyOrg, problem: OrgError | None, text: str) -> None:
    texts = [text]
    error: BaseException | None = problem
    while error is not None:
        texts += [str(error), repr(error), repr(error.args)]
        error = error.__cause__ or error.__context__
    everything = "\n".join(texts)
    host = org.running.url.removeprefix("http://")
    for secret in (*org.grants.secrets(), "SELECT", "LeanData__", "/services/", host):
        assert secret not in everything


@pytest.mark.parametrize("statement", KINDS)
async def test_a_clock_that_jumps_past_a_session_costs_a_renewal_and_no_answer(
    clear_org: FaultyOrg, gateway: Gateway, statement: str, logged: Logged
) -> None:
    expected, _ = NO_GRANT_YET.get(statement, (OK, 1))
    for grant in clear_org.grants.by_user.values():
        await grant.current()
    clear_org.wire.requests.clear()
    clear_org.running.fault("clock", advance_seconds=3 * 3600)  # sessions end after two hours
    code, problem = OK, None
    try:
        await KINDS[statement].run(gateway, clear_org)
    except OrgError as error:
        code, problem = error.code.value, error
    finally:
        for grant in clear_org.grants.by_user.values():
            grant.forget()
    assert code == expected
    assert sum(grant.renewals for grant in clear_org.grants.by_user.values()) == (1 if expected == OK else 0)
    assert all(_only_reads(each) for each in clear_org.wire.requests)
    _tells_nothing(clear_org, problem, logged.text())
