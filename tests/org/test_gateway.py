from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
import requests
import responses

from app.org.call_count import counting
from app.org.caller import Caller, Scope
from app.org.errors import OrgError, OrgErrorCode, StatementRefused
from app.org.gateway import Ask, Gateway
from tests.org.answers import COMPOSITE, DATA, QUERY, error, page, record, sent_soql, user_row
from tests.org.grants_in_memory import INTEGRATION_USER, ORG, OTHER_REP, REP, GrantsInMemory, token
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio

MEETING = "LeanData__BookIt_Meeting__c"


def caller(scope: Scope = Scope.USER, user_id: str | None = REP) -> Caller:
    return Caller(
        org_id=ORG,
        user_id=user_id,
        scope=scope,
        name="Ada Rep",
        email="ada@acme.example",
        username="ada@acme.example",
        timezone="America/Los_Angeles",
        client_id="client",
    )


async def test_a_statement_is_run_with_the_token_and_the_rows_have_logical_names(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page(user_row(REP)))
    result = await gateway.as_org_connection(ORG).fetch("signin/user", {"user": REP})
    assert result.total == 1
    assert result.rows[0] == {
        "Id": REP,
        "Name": "Ada Rep",
        "Email": "ada@acme.example",
        "Username": "ada@acme.example",
        "IsActive": True,
        "TimeZoneSidKey": "America/Los_Angeles",
    }
    assert http.calls[0].request.headers["Authorization"] == "Bearer org-token"
    assert sent_soql(http).endswith(f"WHERE Id = '{REP}'")


async def test_the_caller_reads_as_himself_under_the_filter_of_his_scope(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page())
    await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert http.calls[0].request.headers["Authorization"] == "Bearer rep-token-1"
    own = f"SELECT LeanData__Meeting__c FROM LeanData__BookIt_Attendee__c WHERE LeanData__User__c = '{REP}'"
    assert f"WHERE Id IN ({own})" in sent_soql(http)


async def test_me_is_the_callers_id_and_nobody_elses(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, json=page())
    await gateway.as_caller(caller(user_id=OTHER_REP)).fetch("meetings/search_own", {"limit": 25})
    assert OTHER_REP in sent_soql(http)
    assert REP not in sent_soql(http)
    with pytest.raises(StatementRefused, match="bound by the gateway alone"):
        await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25, "me": OTHER_REP})


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (Scope.USER, "meetings/search"),
        (Scope.USER, "names/users"),
        (Scope.USER, "signin/user"),
        (Scope.ADMIN, "signin/user"),
        (Scope.ADMIN, "meetings/search_own"),
        (Scope.ADMIN, "org/licence"),
    ],
)
async def test_a_caller_cannot_run_a_statement_of_another_scope(
    gateway: Gateway, http: responses.RequestsMock, scope: Scope, name: str
) -> None:
    with pytest.raises(StatementRefused):
        await gateway.as_caller(caller(scope)).fetch(name)
    assert len(http.calls) == 0


@pytest.mark.parametrize("name", ["meetings/search", "meetings/search_own", "names/users"])
async def test_the_org_connection_runs_listed_statements_only(gateway: Gateway, name: str) -> None:
    with pytest.raises(StatementRefused):
        await gateway.as_org_connection(ORG).fetch(name, {"limit": 1})
    with pytest.raises(StatementRefused):
        await gateway.with_token(token()).fetch(name, {"limit": 1})


async def test_a_one_time_code_caller_reads_as_the_org_connection(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page())
    await gateway.as_caller(caller(Scope.ADMIN, None)).fetch("meetings/search", {"limit": 25})
    assert http.calls[0].request.headers["Authorization"] == "Bearer org-token"


async def test_a_caller_who_is_no_user_cannot_have_user_scope(gateway: Gateway) -> None:
    with pytest.raises(StatementRefused):
        gateway.as_caller(caller(Scope.USER, None))


async def test_values_are_literals_and_never_text_of_the_statement(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page())
    attack = "x' OR Name LIKE '%"
    await gateway.as_org_connection(ORG).fetch("signin/user", {"user": attack})
    assert sent_soql(http).endswith(r"WHERE Id = 'x\' OR Name LIKE \'%'")


async def test_a_meeting_is_read_with_its_types_its_parents_and_its_children(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page(_meeting()))
    result = await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    row = result.rows[0]
    assert row["Start"] == datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert row["Main_Host"] == {"Id": REP, "Name": "Ada Rep", "Email": "ada@acme.example"}
    assert row["Meeting_Type"] is None
    assert row["Attendees"] == ({"Name": "Jo", "Email": "jo@x.example", "Role": "Prospect"},)
    assert row["Is_No_Show"] is False
    assert row["Conference_Link"] is None


async def test_no_children_are_an_empty_tuple(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, json=page(_meeting(LeanData__Attendees__r=None)))
    result = await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert result.rows[0]["Attendees"] == ()


async def test_groups_stand_under_their_path_and_aggregates_under_their_alias(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(
        QUERY,
        json=page(
            record("AggregateResult", group0="Scheduled", Main_Host_Id=REP, Main_Host_Name="Ada Rep", n=3.0),
            record("AggregateResult", group0="Canceled", Main_Host_Id=None, Main_Host_Name=None, n=1),
        ),
    )
    result = await gateway.as_caller(caller()).fetch("meetings/count_own", group_by=("status", "host"))
    assert result.rows[0] == {"Status": "Scheduled", "Main_Host": {"Id": REP, "Name": "Ada Rep"}, "n": 3}
    assert result.rows[1] == {"Status": "Canceled", "Main_Host": None, "n": 1}
    assert isinstance(result.rows[0]["n"], int)


async def test_an_org_without_the_optional_fields_is_asked_without_them_and_remembered_for_an_hour(
    gateway: Gateway, http: responses.RequestsMock, clock: MovableClock
) -> None:
    lacking = http.get(QUERY, status=400, json=error("INVALID_FIELD", "No such column 'LeanData__Reassigned_Date__c'"))
    reader = gateway.as_caller(caller())
    with pytest.raises(OrgError):
        await reader.fetch("meetings/detail_own", {"limit": 25})
    assert len(http.calls) == 2
    assert "Reassigned" in sent_soql(http, 0)
    assert "Reassigned" not in sent_soql(http, 1)
    http.remove(lacking)
    http.get(QUERY, status=400, json=error("INVALID_FIELD"))
    http.get(QUERY, json=page())
    await reader.fetch("meetings/detail_own", {"limit": 25})
    assert len(http.calls) == 4
    await reader.fetch("meetings/detail_own", {"limit": 25})
    assert len(http.calls) == 5
    assert "Reassigned" not in sent_soql(http, 4)
    clock.advance(timedelta(hours=1))
    await reader.fetch("meetings/detail_own", {"limit": 25})
    assert "Reassigned" in sent_soql(http, 5)


async def test_a_statement_without_optional_fields_is_not_asked_twice(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, status=400, json=error("INVALID_FIELD"))
    with pytest.raises(OrgError) as failed:
        await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert failed.value.salesforce_code == "INVALID_FIELD"
    assert len(http.calls) == 1


async def test_every_page_is_followed_and_counted(gateway: Gateway, http: responses.RequestsMock) -> None:
    more = "/services/data/v66.0/query/01gxx0000000001-2000"
    http.get(QUERY, json=page(user_row(REP), total=2, next_url=more))
    http.get(f"{DATA}/query/01gxx0000000001-2000", json=page(user_row(OTHER_REP), total=2))
    with counting() as count:
        result = await gateway.as_org_connection(ORG).fetch("signin/user", {"user": REP})
    assert [row["Id"] for row in result.rows] == [REP, OTHER_REP]
    assert result.total == 2
    assert count.calls == 2


async def test_the_further_children_of_a_record_are_followed_too(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    more = "/services/data/v66.0/query/01gxx0000000002-200"
    jo, al = (
        record("LeanData__BookIt_Attendee__c", Name=name, LeanData__Email__c=None, LeanData__Role__c="Guest")
        for name in ("Jo", "Al")
    )
    http.get(QUERY, json=page(_meeting(LeanData__Attendees__r=page(jo, total=2, next_url=more))))
    http.get(f"{DATA}/query/01gxx0000000002-200", json=page(al, total=2))
    result = await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert [attendee["Name"] for attendee in result.rows[0]["Attendees"]] == ["Jo", "Al"]


async def test_the_further_children_of_a_child_are_followed_too(gateway: Gateway, http: responses.RequestsMock) -> None:
    def offered(name: str) -> dict[str, Any]:
        meeting_type = record(
            "LeanData__BookIt_Meeting_Type__c",
            Id="a0T000000000001AAA",
            LeanData__Display_Name__c=name,
            LeanData__Duration_Minutes__c=30.0,
        )
        return record("LeanData__BookIt_Link_Meeting_Type__c", LeanData__Meeting_Type__r=meeting_type)

    def link(link_id: str, types: dict[str, Any] | None) -> dict[str, Any]:
        values: dict[str, Any] = {"Link_Id": link_id, "URL": None, "Kind": "Group", "Is_Active": True, "Expires": None}
        fields = {f"LeanData__{name}__c": value for name, value in values.items()}
        return record("LeanData__BookIt_Link__c", LeanData__Meeting_Types__r=types, **fields)

    first, second = "/services/data/v66.0/query/01gxx0000000003-1", "/services/data/v66.0/query/01gxx0000000004-1"
    person = record("User", Id=REP, Name="Ada", Email=None, Phone=None, FullPhotoUrl=None, IsActive=True)
    children = {"LeanData__BookIt_Links__r": page(link("one", None), total=2, next_url=first)}
    children |= dict.fromkeys((f"LeanData__BookIt_{name}__r" for name in ("User_Settings", "Vacations")), None)
    children |= {"LeanData__BookIt_Conference_Connections__r": None}
    http.get(QUERY, json=page(person | {"TimeZoneSidKey": "UTC"} | children))
    http.get(f"{DATA}/query/01gxx0000000003-1", json=page(link("two", page(offered("A"), total=2, next_url=second))))
    http.get(f"{DATA}/query/01gxx0000000004-1", json=page(offered("B"), total=2))
    limits = {"vacations": 1, "connections": 1, "links": 5}
    result = await gateway.as_caller(caller()).fetch("users/own_detail", limits)
    types = [[each["Meeting_Type"]["Display_Name"] for each in row["Meeting_Types"]] for row in result.rows[0]["Links"]]
    assert types == [[], ["A", "B"]]


async def test_an_empty_further_page_is_not_followed_for_ever(gateway: Gateway, http: responses.RequestsMock) -> None:
    more = "/services/data/v66.0/query/01gxx0000000001-2000"
    http.get(QUERY, json=page(user_row(REP), total=2, next_url=more))
    http.get(f"{DATA}/query/01gxx0000000001-2000", json=page(total=2, next_url=more))
    with pytest.raises(OrgError):
        await gateway.as_org_connection(ORG).fetch("signin/user", {"user": REP})


async def test_several_statements_are_one_call(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.post(COMPOSITE, json=_composite(page(user_row(REP)), page(_organization())))
    with counting() as count:
        users, orgs = await gateway.with_token(token("fresh")).fetch_all(
            Ask("signin/user", {"user": REP}), Ask("signin/organization")
        )
    assert count.calls == 1
    assert users.rows[0]["Name"] == "Ada Rep"
    assert orgs.rows[0]["Name"] == "Acme"
    sent = json.loads(http.calls[0].request.body or "")
    assert sent["collateSubrequests"] is False
    assert sent["allOrNone"] is False
    assert [part["method"] for part in sent["compositeRequest"]] == ["GET", "GET"]
    assert f"WHERE Id = '{REP}'" in unquote_plus(sent["compositeRequest"][0]["url"])


async def test_a_part_that_fails_fails_the_whole(gateway: Gateway, http: responses.RequestsMock) -> None:
    body = _composite(page(user_row(REP)), page())
    body["compositeResponse"][1] |= {"httpStatusCode": 400, "body": error("INVALID_TYPE")}
    http.post(COMPOSITE, json=body)
    with pytest.raises(OrgError) as failed:
        await gateway.with_token(token()).fetch_all(Ask("signin/user", {"user": REP}), Ask("signin/organization"))
    assert failed.value.salesforce_code == "INVALID_TYPE"


async def test_one_call_takes_five_statements_and_none_of_the_tooling_api(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    reader = gateway.with_token(token())
    with pytest.raises(StatementRefused):
        await reader.fetch_all()
    with pytest.raises(StatementRefused):
        await reader.fetch_all(*[Ask("signin/organization")] * 6)
    with pytest.raises(StatementRefused, match="tooling"):
        await reader.fetch_all(Ask("org/installed_packages"))
    assert len(http.calls) == 0


async def test_a_long_query_is_posted(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.post(COMPOSITE, json=_composite(page()))
    groups = [f"0PGxx{number:010d}" for number in range(800)]
    result = await gateway.with_token(token()).fetch("signin/group_members", {"groups": groups, "names": ["A"]})
    assert result.rows == ()


async def test_the_tooling_api_has_its_own_address(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(
        f"{DATA}/tooling/query/",
        json=page(
            record(
                "InstalledSubscriberPackage",
                Id="0A3xx0000000001AAA",
                SubscriberPackage=record("SubscriberPackage", NamespacePrefix="LeanData", Name="LeanData"),
                SubscriberPackageVersion=record(
                    "SubscriberPackageVersion", MajorVersion=8, MinorVersion=2, PatchVersion=0
                ),
            )
        ),
    )
    rows = (await gateway.with_token(token()).fetch("org/installed_packages")).rows
    assert rows[0]["SubscriberPackageVersion"]["MajorVersion"] == 8


async def test_userinfo_is_read_from_the_instance(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get("https://acme.my.salesforce.com/services/oauth2/userinfo", json={"user_id": REP, "active": True})
    assert (await gateway.userinfo(token()))["active"] is True


async def test_a_refused_token_is_renewed_once_and_the_call_made_again(
    gateway: Gateway, http: responses.RequestsMock, grants: GrantsInMemory
) -> None:
    http.get(QUERY, status=401, json=error("INVALID_SESSION_ID"))
    http.get(QUERY, json=page())
    with counting() as count:
        await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert [call.request.headers["Authorization"] for call in http.calls] == [
        "Bearer rep-token-1",
        "Bearer rep-token-2",
    ]
    assert grants.of_user(ORG, REP).renewals == 1
    assert count.calls == 2


async def test_a_renewed_token_that_is_refused_too_does_not_end_the_grant(
    gateway: Gateway, http: responses.RequestsMock, grants: GrantsInMemory
) -> None:
    http.get(QUERY, status=401, json=error("INVALID_SESSION_ID"))
    with pytest.raises(OrgError) as failed:
        await gateway.as_caller(caller()).fetch("meetings/search_own", {"limit": 25})
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert len(http.calls) == 2
    assert grants.of_user(ORG, REP).renewals == 1


async def test_a_token_of_a_sign_in_is_not_renewed(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, status=401, json=error("INVALID_SESSION_ID"))
    with pytest.raises(OrgError) as failed:
        await gateway.with_token(token()).fetch("signin/organization")
    assert failed.value.code is OrgErrorCode.RECONNECT_REQUIRED
    assert len(http.calls) == 1


async def test_a_dropped_connection_is_tried_again_once(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, body=requests.exceptions.ConnectionError("reset by peer"))
    http.get(QUERY, json=page())
    await gateway.with_token(token()).fetch("signin/organization")
    assert len(http.calls) == 2


async def test_a_connection_that_drops_twice_is_an_unavailable_salesforce(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, body=requests.exceptions.ConnectionError("reset by peer"))
    with pytest.raises(OrgError) as failed:
        await gateway.with_token(token()).fetch("signin/organization")
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert len(http.calls) == 2


async def test_a_time_out_is_not_tried_again(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, body=requests.exceptions.ReadTimeout("slow"))
    with pytest.raises(OrgError) as failed:
        await gateway.with_token(token()).fetch("signin/organization")
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert len(http.calls) == 1


@pytest.mark.parametrize(("status", "code"), [(503, "SERVER_UNAVAILABLE"), (400, "UNABLE_TO_LOCK_ROW")])
async def test_a_busy_org_is_asked_again_after_a_moment(
    gateway: Gateway, http: responses.RequestsMock, status: int, code: str
) -> None:
    http.get(QUERY, status=status, json=error(code))
    http.get(QUERY, json=page(_organization()))
    result = await gateway.with_token(token()).fetch("signin/organization")
    assert len(result.rows) == 1
    assert len(http.calls) == 2


async def test_reads_are_shed_near_the_orgs_limit_and_one_a_minute_finds_out(
    gateway: Gateway, http: responses.RequestsMock, clock: MovableClock
) -> None:
    http.get(QUERY, json=page(), headers={"Sforce-Limit-Info": "api-usage=95/100"})
    reader = gateway.as_caller(caller())
    await reader.fetch("signin/organization")
    with pytest.raises(OrgError) as shed:
        await reader.fetch("signin/organization")
    assert shed.value.code is OrgErrorCode.SALESFORCE_LIMIT
    assert len(http.calls) == 1
    clock.advance(timedelta(minutes=1))
    await reader.fetch("signin/organization")
    assert len(http.calls) == 2
    usage = gateway.api_usage(ORG)
    assert usage is not None
    assert (usage.used, usage.total) == (95, 100)


async def test_what_a_sign_in_needs_is_not_shed(gateway: Gateway, http: responses.RequestsMock) -> None:
    http.get(QUERY, json=page(), headers={"Sforce-Limit-Info": "api-usage=99/100"})
    http.get("https://acme.my.salesforce.com/services/oauth2/userinfo", json={"user_id": REP})
    for _ in range(2):
        await gateway.with_token(token()).fetch("signin/organization")
        await gateway.for_sign_in(ORG).fetch("signin/organization")
        await gateway.userinfo(token())
    assert len(http.calls) == 6
    with pytest.raises(OrgError) as shed:
        await gateway.as_org_connection(ORG).fetch("signin/organization")
    assert shed.value.code is OrgErrorCode.SALESFORCE_LIMIT


async def test_userinfo_with_an_ended_token_is_a_session_that_ended(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get("https://acme.my.salesforce.com/services/oauth2/userinfo", status=403, body="Bad_OAuth_Token")
    with pytest.raises(OrgError) as ended:
        await gateway.userinfo(token())
    assert ended.value.code is OrgErrorCode.RECONNECT_REQUIRED


async def test_a_value_of_another_type_than_the_map_says_is_an_internal_error_without_the_value(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page(user_row(REP, IsActive="a secret text")))
    with pytest.raises(OrgError) as failed:
        await gateway.as_org_connection(ORG).fetch("signin/user", {"user": REP})
    assert failed.value.code is OrgErrorCode.INTERNAL
    assert "secret" not in f"{failed.value!r} {failed.value.__context__!r} {failed.value.__cause__!r}"


async def test_grants_are_asked_for_by_the_org_and_the_user_of_the_caller(
    gateway: Gateway, http: responses.RequestsMock, grants: GrantsInMemory
) -> None:
    http.get(QUERY, json=page())
    await gateway.as_caller(caller(user_id=OTHER_REP)).fetch("meetings/search_own", {"limit": 25})
    assert http.calls[0].request.headers["Authorization"] == "Bearer other-rep-token"
    assert (ORG, INTEGRATION_USER) in grants.sources


def _meeting(**changes: Any) -> dict[str, Any]:
    host = record("User", Id=REP, Name="Ada Rep", Email="ada@acme.example")
    attendee = record(
        "LeanData__BookIt_Attendee__c", Name="Jo", LeanData__Email__c="jo@x.example", LeanData__Role__c="Prospect"
    )
    values: dict[str, Any] = {
        "Id": "a01xx000003DGb2AAG",
        "LeanData__Meeting_Id__c": "mtg-1",
        "LeanData__Status__c": "Scheduled",
        "LeanData__Start__c": "2026-11-23T15:30:00.000+0000",
        "LeanData__End__c": "2026-11-23T16:00:00.000+0000",
        "LeanData__Booked_Date__c": "2026-11-20T10:00:00.000+0000",
        "LeanData__Booking_Method__c": "Forms",
        "LeanData__Meeting_Type__r": None,
        "LeanData__Main_Host__r": host,
        "LeanData__Prospect_Name__c": "Jo",
        "LeanData__Prospect_Email__c": "jo@x.example",
        "LeanData__Company__c": "Acme Corp",
        "LeanData__Conference_Link__c": None,
        "LeanData__Is_No_Show__c": False,
        "LeanData__Credit_Status__c": None,
        "LeanData__Canceled_Date__c": None,
        "LeanData__Canceled_By_Type__c": None,
        "LeanData__Cancellation_Reason__c": None,
        "LeanData__Attendees__r": page(attendee),
    }
    return record(MEETING, **(values | changes))


def _organization() -> dict[str, Any]:
    return record(
        "Organization",
        Id=ORG,
        Name="Acme",
        TimeZoneSidKey="America/Los_Angeles",
        IsSandbox=False,
        OrganizationType="Enterprise Edition",
    )


def _composite(*bodies: dict[str, Any]) -> dict[str, Any]:
    return {
        "compositeResponse": [
            {"body": body, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": f"query{number}"}
            for number, body in enumerate(bodies)
        ]
    }
