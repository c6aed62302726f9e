"""The gateway against the local org, over real HTTP: what the packages, the SOQL engine and the statements agree on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import anyio
import pytest
from pydantic import SecretStr

from app.clock import system_clock
from app.local_org.demo_data.load import demo_data, load
from app.local_org.demo_data.model import DemoData
from app.local_org.demo_data.options import DemoOptions
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.org.call_count import counting
from app.org.caller import Caller, Scope
from app.org.connection import PackageVersion, check_connection
from app.org.errors import OrgError
from app.org.gateway import Gateway
from app.org.reader import Ask, Reader
from app.org.record_filters import StatementScope
from app.org.schema_map import FieldType, SchemaMap
from app.org.statements import CompiledStatement
from app.org.tokens import SalesforceToken
from soql.ast import Bind, Comparison, FieldPath, InValues, Operator
from soql.binding import BindValue, contains
from soql.statements import StatementFile
from soql.walk import conditions_of, queries_of
from tests.org.conftest import org_settings
from tests.org.grants_in_memory import INTEGRATION_USER, GrantsInMemory, TokensInTurn
from tests.support.local_org import PACKAGES, RunningLocalOrg, serving

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

MEETINGS = "LeanData__BookIt_Meeting__c"
ATTENDEES = "LeanData__BookIt_Attendee__c"


A_USER = "005000000000001AAA"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOME: Mapping[FieldType, BindValue] = dict.fromkeys(FieldType, "x") | {
    FieldType.ID: A_USER,
    FieldType.REFERENCE: A_USER,
    FieldType.BOOLEAN: True,
    FieldType.INT: 1,
    FieldType.DOUBLE: 1.5,
    FieldType.DATE: date(2026, 11, 23),
    FieldType.DATETIME: NOON,
    FieldType.TIME: time(12),
}
"""A value of each type."""


@dataclass(frozen=True)
class DemoOrg:
    running: RunningLocalOrg
    data: DemoData
    tokens: dict[str, SalesforceToken]

    def user_id(self, handle: str) -> str:
        return self.data.people[handle]

    def caller(self, handle: str, scope: Scope) -> Caller:
        return Caller(
            org_id=self.org_id,
            user_id=self.user_id(handle),
            scope=scope,
            name=handle,
            email="",
            username="",
            timezone="UTC",
            client_id="",
        )

    @property
    def org_id(self) -> str:
        return self.running.org.info.org_id


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoOrg]:
    with demo_org(bookit_version=8) as demo:
        yield demo


@contextmanager
def demo_org(*, bookit_version: int) -> Generator[DemoOrg]:
    now = system_clock()
    schema = compile_schema(PACKAGES, bookit_version=bookit_version)
    data = demo_data(schema, DemoOptions(now=now, seed=7, meetings=60))
    org = LocalOrg(":memory:", schema, system_clock)
    load(org, data)
    with serving(org) as running:
        tokens = {
            handle: SalesforceToken(
                access_token=SecretStr(running.sign_in(f"{handle}@demo.example")["access_token"]),
                instance_url=running.url,
                org_id=org.info.org_id,
                user_id=data.people[handle],
            )
            for handle in ("admin", "rep1", "integration")
        }
        yield DemoOrg(running, data, tokens)
    org.close()


@pytest.fixture
def demo_gateway(demo: DemoOrg, statement_files: dict[str, StatementFile], schema_map: SchemaMap) -> Generator[Gateway]:
    gateway = gateway_to(demo, statement_files, schema_map)
    yield gateway
    gateway.close()


def gateway_to(demo: DemoOrg, statement_files: dict[str, StatementFile], schema_map: SchemaMap) -> Gateway:
    sources = {(demo.org_id, demo.user_id(handle)): TokensInTurn([token]) for handle, token in demo.tokens.items()}
    sources[demo.org_id, INTEGRATION_USER] = TokensInTurn([demo.tokens["integration"]])
    settings = org_settings(salesforce_trusted_origin=demo.running.url)
    return Gateway(settings, statement_files, schema_map, GrantsInMemory(sources), system_clock)


async def test_nothing_of_the_schema_map_is_missing(demo: DemoOrg, demo_gateway: Gateway) -> None:
    assert [str(lack) for lack in await demo_gateway.missing_of_org_connection(demo.org_id)] == []
    with counting() as again:
        await demo_gateway.missing_of_org_connection(demo.org_id)
    assert again.calls == 0


async def test_the_org_connection_is_found_fit(demo: DemoOrg, demo_gateway: Gateway, schema_map: SchemaMap) -> None:
    reader = demo_gateway.as_org_connection(demo.org_id)
    report = await check_connection(reader, schema_map.package_namespace, system_clock())
    assert report.view_all_data
    assert report.licensed
    assert report.supported
    assert report.version is not None
    assert report.version >= PackageVersion(8, 0)


async def test_a_rep_has_no_view_all_data_and_cannot_see_the_licence(demo: DemoOrg, demo_gateway: Gateway) -> None:
    reader = demo_gateway.with_token(demo.tokens["rep1"])
    permissions = await reader.fetch("org/running_user_permissions")
    assert [row["PermissionsViewAllData"] for row in permissions.rows] == [False]
    with pytest.raises(OrgError) as refused:
        await reader.fetch("org/licence", {"namespace": "LeanData"})
    assert refused.value.salesforce_code == "INVALID_TYPE"


async def test_every_statement_runs_in_every_scope_and_form(
    demo: DemoOrg, demo_gateway: Gateway, schema_map: SchemaMap
) -> None:
    readers = {
        StatementScope.ADMIN: demo_gateway.as_caller(demo.caller("admin", Scope.ADMIN)),
        StatementScope.USER: demo_gateway.as_caller(demo.caller("rep1", Scope.USER)),
        StatementScope.ORG: demo_gateway.as_org_connection(demo.org_id),
    }
    failed: list[str] = []
    for statement in demo_gateway.statements.every():
        for optional in (True, False):
            binds = _some_values(statement, schema_map, with_optional=optional)
            try:
                await readers[statement.scope].fetch(
                    statement.name, binds, descending=statement.descending, group_by=statement.group_by
                )
            except OrgError as problem:
                failed.append(
                    f"{statement.name} {statement.scope} {statement.group_by}: {problem.salesforce_code} {problem}"
                )
    assert failed == []


async def test_a_rep_reads_the_meetings_that_he_is_on_and_no_others(demo: DemoOrg, demo_gateway: Gateway) -> None:
    rep = demo.user_id("rep1")
    on_it = {row["LeanData__Meeting__c"] for row in demo.data.of(ATTENDEES) if row.get("LeanData__User__c") == rep}
    hosted = {row["Id"] for row in demo.data.of(MEETINGS) if row["LeanData__Main_Host__c"] == rep}
    own = await demo_gateway.as_caller(demo.caller("rep1", Scope.USER)).fetch("meetings/search_own", {"limit": 2000})
    every = await demo_gateway.as_caller(demo.caller("admin", Scope.ADMIN)).fetch("meetings/search", {"limit": 2000})
    assert {row["Id"] for row in own.rows} == on_it | hosted
    assert {row["Id"] for row in every.rows} == {row["Id"] for row in demo.data.of(MEETINGS)}
    assert 0 < own.total < every.total


async def test_rows_come_back_as_they_were_loaded(demo: DemoOrg, demo_gateway: Gateway) -> None:
    loaded = {row["Id"]: row for row in demo.data.of(MEETINGS)}
    names = {row["Id"]: f"{row['FirstName']} {row['LastName']}" for row in demo.data.of("User")}
    read = await demo_gateway.as_caller(demo.caller("admin", Scope.ADMIN)).fetch("meetings/search", {"limit": 2000})
    assert read.rows
    for row in read.rows:
        wanted = loaded[row["Id"]]
        assert row["Start"] == wanted["LeanData__Start__c"]
        assert row["Status"] == wanted["LeanData__Status__c"]
        assert row["Is_No_Show"] is wanted["LeanData__Is_No_Show__c"]
        host = wanted["LeanData__Main_Host__c"]
        assert (row["Main_Host"]["Id"], row["Main_Host"]["Name"]) == (host, names[host])
        assert (row["Pool"] is None) == (wanted["LeanData__Pool__c"] is None)
        assert len(row["Attendees"]) == sum(a["LeanData__Meeting__c"] == row["Id"] for a in demo.data.of(ATTENDEES))


async def test_groups_add_up_to_the_whole(demo: DemoOrg, demo_gateway: Gateway) -> None:
    reader = demo_gateway.as_caller(demo.caller("admin", Scope.ADMIN))
    with counting() as count:
        whole, by_status, by_host, by_pool = await reader.fetch_all(
            Ask("meetings/count"),
            Ask("meetings/count", group_by=("status",)),
            Ask("meetings/count", group_by=("host",)),
            Ask("meetings/count", group_by=("pool", "status")),
        )
    assert count.calls == 1
    total = whole.rows[0]["n"]
    assert total == len(demo.data.of(MEETINGS))
    for result in (by_status, by_host, by_pool):
        assert sum(row["n"] for row in result.rows) == total
    assert any(row["Pool"] is None for row in by_pool.rows)
    assert all(row["Main_Host"]["Name"] for row in by_host.rows)


async def test_many_calls_at_once_share_the_pool(demo: DemoOrg, demo_gateway: Gateway) -> None:
    readers = [demo_gateway.with_token(token) for token in demo.tokens.values()]
    ids: list[str] = []

    async def read(reader: Reader) -> None:
        result = await reader.fetch("signin/organization")
        ids.append(result.rows[0]["Id"])

    with counting() as count:
        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(read, readers[number % len(readers)])
    assert ids == [demo.org_id] * 60
    assert count.calls == 60


async def test_a_query_too_long_for_an_address_still_runs(demo: DemoOrg, demo_gateway: Gateway) -> None:
    rep = demo.user_id("rep1")
    words = [f"Word {number:04d} of a value" for number in range(900)]
    reader = demo_gateway.as_org_connection(demo.org_id)
    result = await reader.fetch("signin/group_members", {"groups": [rep], "names": words})
    assert result.rows == ()


async def test_an_org_on_bookit_7_lacks_nothing_that_a_look_up_needs(
    statement_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    with demo_org(bookit_version=7) as demo:
        gateway = gateway_to(demo, statement_files, schema_map)
        assert await gateway.missing_of_org_connection(demo.org_id) == ()
        report = await check_connection(gateway.as_org_connection(demo.org_id), "LeanData", system_clock())
        assert report.version is not None
        assert report.version.major == 7
        assert report.supported
        reader = gateway.as_caller(demo.caller("rep1", Scope.USER))
        result = await reader.fetch("meetings/detail_own", {"limit": 25})
        assert result.rows
        assert all(row["Reassigned_From"] is None for row in result.rows)
        gateway.close()


async def test_userinfo_tells_who_the_token_stands_for(demo: DemoOrg, demo_gateway: Gateway) -> None:
    told = await demo_gateway.userinfo(demo.tokens["rep1"])
    assert told["user_id"] == demo.user_id("rep1")
    assert told["organization_id"] == demo.org_id


async def test_the_orgs_api_usage_is_seen(demo: DemoOrg, demo_gateway: Gateway) -> None:
    await demo_gateway.as_org_connection(demo.org_id).fetch("signin/organization")
    usage = demo_gateway.api_usage(demo.org_id)
    assert usage is not None
    assert 0 < usage.used < usage.total


def _some_values(statement: CompiledStatement, schema_map: SchemaMap, *, with_optional: bool) -> dict[str, BindValue]:
    """A value of the right type for each bind, found by the field that it is compared with."""
    types = {
        (mapped.api, field.api): field.type
        for mapped in schema_map.objects.values()
        for field in mapped.fields.values()
    }
    types |= {
        (mapped.api, f"{lookup.path}.{field.api}"): field.type
        for mapped in schema_map.objects.values()
        for lookup in mapped.parents.values()
        for field in schema_map.object(lookup.to or "").fields.values()
    }
    types |= {
        (child.api, field.api): field.type
        for mapped in schema_map.objects.values()
        for child in mapped.children.values()
        for field in schema_map.object(child.object).fields.values()
    }
    return {
        name: _value_for(statement, name, types)
        for name, optional in statement.binds.items()
        if with_optional or not optional
    }


def _value_for(statement: CompiledStatement, name: str, types: dict[tuple[str, str], FieldType]) -> BindValue:
    for query in queries_of(statement.select):
        if isinstance(query.limit, Bind) and query.limit.name == name:
            return 5
        for condition in conditions_of(query.where):
            if isinstance(condition, InValues):
                if isinstance(condition.values, Bind) and condition.values.name == name:
                    return [A_USER, A_USER]
            elif isinstance(condition, Comparison) and isinstance(condition.value, Bind):
                if condition.value.name != name:
                    continue
                if condition.operator is Operator.LIKE:
                    return contains("a")
                assert isinstance(condition.left, FieldPath)
                return SOME[types[query.from_, condition.left.text]]
    raise AssertionError(f"{statement.name} has no condition with :{name}")
