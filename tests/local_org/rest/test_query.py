"""Query and its pages over HTTP, and the Tooling query."""

import pytest

from app.local_org.rest.query import batch_size
from tests.support.local_org import RestClient, RunningLocalOrg

ROOT = "/services/data/v66.0"


@pytest.fixture
def api(running_local_org: RunningLocalOrg) -> RestClient:
    running_local_org.org.load("Account", [{"Name": f"Account {n:03}"} for n in range(201)])
    return running_local_org.as_user("admin@demo.example")


def test_a_query_answers_the_body_of_salesforce(api: RestClient) -> None:
    answer = api.call("GET", "/query/", params={"q": "SELECT Id, Name FROM Account WHERE Name = 'account 007'"})
    body = answer.json()
    record_id = body["records"][0]["Id"]
    assert body == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{record_id}"},
                "Id": record_id,
                "Name": "Account 007",
            }
        ],
    }


def test_the_next_page_is_behind_a_relative_url(api: RestClient) -> None:
    first = api.call(
        "GET",
        "/query",
        params={"q": "SELECT Name FROM Account ORDER BY Name"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    ).json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (201, False, 200)
    assert first["nextRecordsUrl"].startswith(f"{ROOT}/query/01g")
    second = api.call("GET", first["nextRecordsUrl"].removeprefix(ROOT)).json()
    assert (second["done"], [row["Name"] for row in second["records"]]) == (True, ["Account 200"])
    assert "nextRecordsUrl" not in second


def test_a_forged_locator_is_invalid(api: RestClient) -> None:
    answer = api.call("GET", "/query/01gxx0000000099-2000")
    assert answer.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    assert answer.json()[0]["message"] == "invalid query locator"


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/query", "MALFORMED_QUERY", "A query string has to be specified"),
        ("/query?q=", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
        ("/query?q=SELECT+Nope__c+FROM+Account", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Account'"),
        ("/query?q=SELECT+Id+FROM+Nope__c", "INVALID_TYPE", "sObject type 'Nope__c' is not supported."),
        ("/query?q=SELECT+Id+FROM", "MALFORMED_QUERY", ""),
    ],
)
def test_a_bad_query_is_400(api: RestClient, path: str, code: str, message: str) -> None:
    answer = api.call("GET", path)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert message in answer.json()[0]["message"]


def test_query_all_shows_deleted_rows(api: RestClient) -> None:
    record_id = api.query("SELECT Id FROM Account WHERE Name = 'Account 000'")[0]["Id"]
    assert api.call("DELETE", f"/sobjects/Account/{record_id}").status_code == 204
    soql = "SELECT Id, IsDeleted FROM Account WHERE Name = 'Account 000'"
    assert api.query(soql) == []
    rows = api.call("GET", "/queryAll", params={"q": soql}).json()["records"]
    assert [row["IsDeleted"] for row in rows] == [True]


def test_the_tooling_api_lists_installed_packages(api: RestClient) -> None:
    fields = "SubscriberPackage.NamespacePrefix, SubscriberPackageVersion.MajorVersion"
    soql = f"SELECT {fields} FROM InstalledSubscriberPackage"
    rows = api.call("GET", "/tooling/query", params={"q": soql}).json()["records"]
    versions = {
        row["SubscriberPackage"]["NamespacePrefix"]: row["SubscriberPackageVersion"]["MajorVersion"] for row in rows
    }
    assert versions["LeanData"] == 8


@pytest.mark.parametrize(
    ("header", "size"), [(None, 2000), ("batchSize=500", 500), ("batchSize=1", 200), ("batchSize = 9999", 2000)]
)
def test_the_batch_size_is_kept_between_200_and_2000(header: str | None, size: int) -> None:
    assert batch_size(header) == size
