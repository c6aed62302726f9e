"""Which faults a request meets, without a socket: order, counting, and what a request is about to write."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.faults.armed import ArmedFaults, Asked
from app.local_org.faults.kinds import ARMED, Armed
from app.local_org.faults.written_records import ByExternalId, ById, Written, written_records

ROOT = "/services/data/v66.0"
ID = "001xx0000000001AAA"
LIMITS = Asked("GET", f"{ROOT}/limits", f"{ROOT}/limits")


def fault(kind: str, **options: Any) -> Armed:
    return ARMED.validate_python({"kind": kind, **options})


@given(times=st.one_of(st.none(), st.integers(1, 5)), skip=st.integers(0, 5), requests=st.integers(0, 12))
def test_a_fault_is_met_exactly_as_often_as_asked_after_those_that_it_lets_pass(
    times: int | None, skip: int, requests: int
) -> None:
    faults = ArmedFaults()
    faults.add(fault("unavailable", times=times, skip=skip))
    met = [bool(list(faults.met_by(LIMITS))) for _ in range(requests)]
    last = requests if times is None else skip + times
    assert met == [skip <= n < last for n in range(requests)]


def test_many_requests_at_once_meet_it_no_more_often() -> None:
    faults = ArmedFaults()
    faults.add(fault("unavailable", times=50, skip=10))

    def requests(count: int) -> int:
        return sum(len(list(faults.met_by(LIMITS))) for _ in range(count))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(requests, [50] * 8)) == 50


def test_a_fault_behind_the_one_that_ends_the_request_is_not_counted() -> None:
    faults = ArmedFaults()
    faults.add(fault("slow", seconds=1))
    faults.add(fault("unavailable"))
    faults.add(fault("drop"))
    for met in faults.met_by(LIMITS):
        if met.model_dump()["kind"] == "unavailable":
            break
    assert [line["met"] for line in faults.listed()] == [1, 1, 0]


@pytest.mark.parametrize("kind", ["expire_session", "revoke_grant"])
def test_a_request_without_a_token_meets_no_end_of_one(kind: str) -> None:
    faults = ArmedFaults()
    faults.add(fault(kind))
    assert list(faults.met_by(LIMITS)) == []
    assert len(list(faults.met_by(Asked("GET", "/x", "/x", token="00D!x")))) == 1


def test_nothing_is_due_once_all_are_spent_or_cleared() -> None:
    faults = ArmedFaults()
    assert not faults.any_due()
    faults.add(fault("drop"))
    faults.add(fault("unavailable", times=None))
    assert faults.any_due()
    list(faults.met_by(LIMITS))
    assert faults.remove(2)
    assert not faults.any_due()
    assert [line["due"] for line in faults.listed()] == [0]


def subrequest(method: str, path: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "url": f"{ROOT}{path}", "referenceId": "a", **more}


BY_ID = (ById("Account", ID),)
RECORDS = {"records": [{"attributes": {"type": "Account"}, "Id": ID}, {"id": 3}, "x"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "written"),
    [
        ("GET", f"/sobjects/Account/{ID}", None, ()),
        ("POST", "/sobjects/Account", {"Name": "x"}, ()),
        ("PATCH", f"/sobjects/Account/{ID}", {"Name": "x"}, BY_ID),
        ("DELETE", f"/sobjects/Account/{ID}", None, BY_ID),
        ("PATCH", "/sobjects/Lead/Key__c/a%2Fb", {}, (ByExternalId("Lead", "Key__c", "a/b"),)),
        ("DELETE", f"/composite/sobjects?ids={ID},%20{ID}&allOrNone=true", None, (ById(None, ID),)),
        ("PATCH", "/composite/sobjects", RECORDS, BY_ID),
        ("POST", "/composite/sobjects", RECORDS, ()),
        (
            "PATCH",
            "/composite/sobjects/Lead/Key__c",
            {"records": [{"key__C": 7}, {}]},
            (ByExternalId("Lead", "Key__c", "7"),),
        ),
        ("POST", "/composite", {"compositeRequest": [subrequest("PATCH", f"/sobjects/Account/{ID}")]}, BY_ID),
        ("POST", "/composite", {"compositeRequest": [subrequest("PATCH", "/composite/sobjects", body=RECORDS)]}, BY_ID),
        ("POST", "/composite", {"compositeRequest": "x"}, ()),
        (
            "POST",
            "/composite/batch",
            {"batchRequests": [{"method": "patch", "url": f"v66.0/sobjects/Account/{ID}"}]},
            BY_ID,
        ),
        (
            "POST",
            "/composite/graph",
            {"graphs": [{"compositeRequest": [subrequest("DELETE", f"/sobjects/Account/{ID}")]}]},
            BY_ID,
        ),
    ],
)
def test_what_a_request_is_about_to_write(method: str, path: str, body: object, written: tuple[Written, ...]) -> None:
    assert written_records(method, ROOT + path, json.dumps(body).encode()) == written


@pytest.mark.parametrize(("url", "body"), [("/services/oauth2/token", b"a=b"), (f"{ROOT}/composite", b"{"), ("/", b"")])
def test_what_is_no_write_or_no_json_writes_nothing(url: str, body: bytes) -> None:
    assert written_records("POST", url, body) == ()
