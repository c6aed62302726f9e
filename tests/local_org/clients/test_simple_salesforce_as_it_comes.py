"""simple-salesforce with its own default version, through everything that it offers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceGeneralError, SalesforceResourceNotFound

from tests.support.local_org import RunningLocalOrg

MEETING_TYPE = "LeanData__BookIt_Meeting_Type__c"


class PlainTransport(HTTPAdapter):
    """simple-salesforce writes https:// into every URL; this local org speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def client(running_local_org: RunningLocalOrg) -> Iterator[Any]:
    tokens = running_local_org.sign_in("admin@demo.example")
    with requests.Session() as session:
        session.mount("https://", PlainTransport())
        yield Salesforce(session_id=tokens["access_token"], instance_url=tokens["instance_url"], session=session)


def test_its_default_version_works_for_records_queries_and_describes(
    client: Any, running_local_org: RunningLocalOrg
) -> None:
    assert client.sf_version == "59.0"
    running_local_org.org.load("Account", [{"Name": f"Account {n:04}"} for n in range(2100)])
    assert sum(1 for _ in client.query_all_iter("SELECT Id, Name FROM Account")) == 2100
    assert client.query("SELECT COUNT() FROM Account")["totalSize"] == 2100
    made = client.Account.create({"Name": "Acme"})
    assert client.Account.update(made["id"], {"Name": "Acme Corp"}) == 204
    assert client.Account.get(made["id"])["Name"] == "Acme Corp"
    assert client.Account.metadata()["objectDescribe"]["name"] == "Account"
    described = getattr(client, MEETING_TYPE).describe()
    assert described["urls"]["sobject"] == f"/services/data/v59.0/sobjects/{MEETING_TYPE}"
    assert client.is_sandbox() is False


def test_what_was_changed_or_deleted_lately_is_listed(client: Any) -> None:
    made, gone = (client.Account.create({"Name": name})["id"] for name in ("Acme", "Other"))
    client.Account.delete(gone)
    now = datetime.now(UTC)
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    assert client.Account.updated(start, end)["ids"] == [made]
    assert [row["id"] for row in client.Account.deleted(start, end)["deletedRecords"]] == [gone]


def test_an_external_id_reads_and_deletes(client: Any) -> None:
    meeting_type = getattr(client, MEETING_TYPE)
    values = {"LeanData__Display_Name__c": "Demo", "LeanData__Duration_Minutes__c": 30, "LeanData__Product__c": "Forms"}
    meeting_type.upsert("LeanData__Internal_Name__c/demo", values)
    assert meeting_type.delete("LeanData__Internal_Name__c/demo") == 204
    with pytest.raises(SalesforceResourceNotFound):
        meeting_type.get_by_custom_id("LeanData__Internal_Name__c", "demo")


def _bulk(client: Any) -> None:
    client.bulk.Account.query("SELECT Id FROM Account")


def _bulk_2(client: Any) -> None:
    list(client.bulk2.Account.query("SELECT Id FROM Account"))


def _search(client: Any) -> None:
    client.search("FIND {Acme}")


def _apex(client: Any) -> None:
    client.apexecute("Service")


def _recent(client: Any) -> None:
    client.restful("recent")


def _tooling(client: Any) -> None:
    client.toolingexecute("sobjects")


@pytest.mark.parametrize("use", [_bulk, _bulk_2, _search, _apex, _recent, _tooling])
def test_what_the_local_org_does_not_have_is_refused_by_name(client: Any, use: Callable[[Any], None]) -> None:
    with pytest.raises(SalesforceGeneralError) as refused:
        use(client)
    assert refused.value.status == 501
    assert "EMULATOR_UNSUPPORTED" in str(refused.value.content)
