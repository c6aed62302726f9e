"""simple-salesforce itself against the local org, in direct mode."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from tests.support.local_org import RunningLocalOrg

MEETING_TYPE = "LeanData__BookIt_Meeting_Type__c"


class PlainTransport(HTTPAdapter):
    """simple-salesforce writes https:// into every URL; the local org speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def client(running_local_org: RunningLocalOrg) -> Iterator[Any]:
    tokens = running_local_org.sign_in("admin@demo.example")
    with requests.Session() as session:
        session.mount("https://", PlainTransport())
        yield Salesforce(
            session_id=tokens["access_token"], instance_url=tokens["instance_url"], version="66.0", session=session
        )


def test_records_live_their_whole_life(client: Any) -> None:
    made = client.Account.create({"Name": "Acme Corp"})
    assert made["success"]
    assert client.Account.get(made["id"])["Name"] == "Acme Corp"
    assert client.Account.update(made["id"], {"Name": "Acme"}) == 204
    found = client.query("SELECT Id, Name FROM Account WHERE Name LIKE 'acm%'")
    assert [row["Name"] for row in found["records"]] == ["Acme"]
    assert client.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(made["id"])


def test_upsert_by_external_id(client: Any) -> None:
    meeting_type = getattr(client, MEETING_TYPE)
    values = {"LeanData__Display_Name__c": "Demo", "LeanData__Duration_Minutes__c": 30, "LeanData__Product__c": "Forms"}
    made = meeting_type.upsert("LeanData__Internal_Name__c/demo", values, raw_response=True)
    assert (made.status_code, made.json()["created"]) == (201, True)
    assert meeting_type.upsert("LeanData__Internal_Name__c/demo", values) == 200
    assert meeting_type.get_by_custom_id("LeanData__Internal_Name__c", "demo")["LeanData__Duration_Minutes__c"] == 30.0
    for _ in range(2):
        client.Lead.create({"LastName": "Lee", "Company": "Acme", "LD_BookIt_Log_ID__c": "log-1"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Lead.upsert("LD_BookIt_Log_ID__c/log-1", {"Company": "x"})


def test_query_all_follows_the_pages(client: Any, running_local_org: RunningLocalOrg) -> None:
    running_local_org.org.load("Account", [{"Name": f"Account {n:04}"} for n in range(2100)])
    rows = list(client.query_all_iter("SELECT Name FROM Account ORDER BY Name"))
    assert [row["Name"] for row in rows] == [f"Account {n:04}" for n in range(2100)]


def test_composite_through_restful_rolls_back(client: Any) -> None:
    body: dict[str, Any] = {
        "allOrNone": True,
        "compositeRequest": [
            {
                "method": "POST",
                "url": "/services/data/v66.0/sobjects/Account",
                "referenceId": "a",
                "body": {"Name": "Acme"},
            },
            {"method": "POST", "url": "/services/data/v66.0/sobjects/Account", "referenceId": "b", "body": {}},
        ],
    }
    answer = client.restful("composite", method="POST", json=body)
    assert [result["httpStatusCode"] for result in answer["compositeResponse"]] == [400, 400]
    assert client.query("SELECT COUNT() FROM Account")["totalSize"] == 0


def test_describe_limits_usage_and_tooling(client: Any) -> None:
    assert any(entry["name"] == MEETING_TYPE for entry in client.describe()["sobjects"])
    assert getattr(client, MEETING_TYPE).describe()["custom"] is True
    assert client.limits()["DailyApiRequests"]["Max"] == 1_000_000
    assert client.api_usage["api-usage"].total == 1_000_000
    found = client.toolingexecute("query/?q=SELECT+Id+FROM+InstalledSubscriberPackage")
    assert found["totalSize"] >= 1


def test_errors_become_its_exceptions(client: Any, running_local_org: RunningLocalOrg) -> None:
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        client.query("SELECT Nope__c FROM Account")
    content: Any = malformed.value.content
    assert content[0]["errorCode"] == "INVALID_FIELD"
    record_id = client.Account.create({"Name": "Acme"})["id"]
    with pytest.raises(SalesforceGeneralError) as stale:
        client.Account.update(
            record_id, {"Name": "x"}, headers={"If-Unmodified-Since": "Mon, 23 Nov 2020 15:30:00 GMT"}
        )
    assert stale.value.status == 412
    running_local_org.controls.tokens.end_sessions()
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Account")
