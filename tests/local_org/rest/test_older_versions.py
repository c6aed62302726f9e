"""v31.0 to v66.0 answer alike in their own addresses; what would differ is refused by name."""

from typing import Any

import pytest
import requests

from app.local_org.errors import Unsupported
from app.local_org.rest.older_versions import check_query, subquery_depth
from app.local_org.rest.versions import label
from tests.support.local_org import RunningLocalOrg

ADMIN = "admin@demo.example"


@pytest.mark.parametrize(
    ("number", "name"),
    [(31, "Summer '14"), (32, "Winter '15"), (59, "Winter '24"), (60, "Spring '24"), (66, "Spring '26")],
)
def test_a_version_bears_the_name_of_its_release(number: int, name: str) -> None:
    assert label(number) == name


def call(
    running: RunningLocalOrg, version: str, method: str, path: str, json: object = None, **params: str
) -> requests.Response:
    token = running.sign_in(ADMIN)["access_token"]
    url = f"{running.url}/services/data/{version}{path}"
    return requests.request(
        method, url, json=json, params=params, headers={"Authorization": f"Bearer {token}"}, timeout=10
    )


def test_every_address_is_in_the_version_that_was_asked_for(running_local_org: RunningLocalOrg) -> None:
    root = "/services/data/v59.0"
    made = call(running_local_org, "v59.0", "POST", "/sobjects/Account", {"Name": "/services/data/v66.0/x"})
    record_id = made.json()["id"]
    assert made.headers["location"] == f"{root}/sobjects/Account/{record_id}"
    (row,) = call(running_local_org, "v59.0", "GET", "/query", q="SELECT Name FROM Account").json()["records"]
    assert row["attributes"]["url"] == f"{root}/sobjects/Account/{record_id}"
    assert row["Name"] == "/services/data/v66.0/x"
    described = call(running_local_org, "v59.0", "GET", "/sobjects/Account/describe").json()
    assert described["urls"]["describe"] == f"{root}/sobjects/Account/describe"
    assert "v66.0" not in str(described)
    assert call(running_local_org, "v59.0", "GET", "").json()["sobjects"] == f"{root}/sobjects"
    part = {"method": "GET", "url": f"{root}/sobjects/Account/{record_id}", "referenceId": "a"}
    (read,) = call(running_local_org, "v59.0", "POST", "/composite", {"compositeRequest": [part]}).json()[
        "compositeResponse"
    ]
    assert read["body"]["attributes"]["url"] == f"{root}/sobjects/Account/{record_id}"


def test_pages_go_on_in_the_same_version(running_local_org: RunningLocalOrg) -> None:
    running_local_org.org.load("Account", [{"Name": f"Account {n:04}"} for n in range(2100)])
    page = call(running_local_org, "v45.0", "GET", "/query", q="SELECT Name FROM Account").json()
    assert page["nextRecordsUrl"].startswith("/services/data/v45.0/query/01g")
    path = page["nextRecordsUrl"].removeprefix("/services/data/v45.0")
    assert call(running_local_org, "v45.0", "GET", path).json()["done"] is True


@pytest.mark.parametrize(
    ("version", "method", "path", "status"),
    [
        ("v33.0", "POST", "/composite/batch", 404),
        ("v33.0", "POST", "/composite/tree/Account", 404),
        ("v37.0", "POST", "/composite", 404),
        ("v41.0", "POST", "/composite/sobjects", 404),
        ("v49.0", "POST", "/composite/graph", 404),
    ],
)
def test_a_resource_is_not_there_before_its_version(
    running_local_org: RunningLocalOrg, version: str, method: str, path: str, status: int
) -> None:
    answer = call(running_local_org, version, method, path, {})
    # Loud where a newer version has it: nobody should look for a typing error in the path.
    assert answer.status_code in (status, 501)
    assert answer.json()[0]["errorCode"] in ("NOT_FOUND", "EMULATOR_UNSUPPORTED")


NESTED = "SELECT Id, (SELECT Id, (SELECT Id FROM Assets) FROM Contacts) FROM Account"


@pytest.mark.parametrize(
    ("version", "method", "path", "params", "what"),
    [
        ("v57.0", "GET", "/sobjects", {}, "describe in API version v57.0; its keys and fields differ"),
        ("v57.0", "GET", "/sobjects/Account/describe", {}, "describe in API version v57.0; its keys and fields differ"),
        (
            "v45.0",
            "PATCH",
            "/sobjects/Lead/LD_BookIt_Log_ID__c/x",
            {},
            "upsert in API version v45.0; its answer differs",
        ),
        ("v57.0", "GET", "/query", {"q": NESTED}, "a subquery within a subquery in API version v57.0"),
        ("v50.0", "GET", "/query", {"q": "SELECT FIELDS(ALL) FROM Account"}, "FIELDS() in API version v50.0"),
        (
            "v56.0",
            "GET",
            "/queryAll",
            {"q": "SELECT Id FROM PermissionSetAssignment"},
            "PermissionSetAssignment in API version v56.0; its fields differ",
        ),
    ],
)
def test_what_an_older_version_does_otherwise_is_refused_by_name(
    running_local_org: RunningLocalOrg, version: str, method: str, path: str, params: dict[str, str], what: str
) -> None:
    body: Any = {} if method == "PATCH" else None
    answer = call(running_local_org, version, method, path, body, **params)
    expected = [{"message": f"The local org does not support {what}.", "errorCode": "EMULATOR_UNSUPPORTED"}]
    assert (answer.status_code, answer.json()) == (501, expected)


@pytest.mark.parametrize(
    ("soql", "depth"),
    [
        ("SELECT Id FROM Account", 0),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", 1),
        ("SELECT (SELECT Id FROM Contacts), ( select Id FROM Leads) FROM Account", 1),
        (NESTED, 2),
        ("SELECT (SELECT Id FROM Contacts WHERE Id IN (SELECT Id FROM X)) FROM Account", 1),
        ("SELECT COUNT(Id) FROM A WHERE (B = 1 AND (C = 2))) )", 0),
    ],
)
def test_the_depth_of_subqueries_leaves_semi_joins_out(soql: str, depth: int) -> None:
    assert subquery_depth(soql) == depth


def test_a_text_that_looks_like_soql_counts_for_nothing() -> None:
    check_query("SELECT Id FROM A WHERE N = 'FIELDS( (SELECT (SELECT \\' PermissionSetAssignment'", 40)
    with pytest.raises(Unsupported):
        check_query("SELECT FIELDS(ALL) FROM A WHERE N = 'x'", 40)
