"""An admin turns BookIt MCP on for his org, and is told what is off and why."""

from pathlib import Path

import pytest

from app.org.errors import OrgError
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.orgs import Orgs
from tests.support.sign_in_server import SignInServer, running_server

pytestmark = pytest.mark.anyio


async def org_of(server: SignInServer):
    return await Orgs(server.database, server.clock).find(server.people.org_id)


async def test_enabling_binds_the_org_connection_and_notes_what_was_found(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        assert await org_of(server) is None
        report = await server.enable()
        assert report.enabled
        assert report.org_id == server.people.org_id
        assert report.org_name == "Demo Org"
        assert report.username == "admin@demo.example"
        assert (report.bookit_version or "").startswith("8.")
        assert report.off == {}
        org = await org_of(server)
        assert org is not None
        assert org.is_enabled
        assert org.connection_user_id == server.people.users["admin"]
        assert org.check_result is not None
        assert org.check_result["licensed"] is True
        assert (await server.services.grants.of_org_connection(org.org_id).current()).user_id == org.connection_user_id


async def test_version_7_is_enough(tmp_path: Path) -> None:
    async with running_server(tmp_path, bookit_version=7) as server:
        report = await server.enable()
        assert report.enabled
        assert (report.bookit_version or "").startswith("7.")
        assert report.off == {}  # what an org of that version lacks, one action needs and says so


@pytest.mark.parametrize(("version", "said"), [(6, "7.x or 8.x is needed"), (9, "7.x"), (None, "not installed")])
async def test_another_version_or_none_is_refused(tmp_path: Path, version: int | None, said: str) -> None:
    async with running_server(tmp_path, bookit_version=version) as server:
        report = await server.enable()
        assert not report.enabled
        assert said in report.problems[0]
        assert await org_of(server) is None


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("seeing_rep", "LeanData Custom Objects Full Access is needed"),
        ("rep", "may not see permission sets"),
        ("blind_admin", "may not see permission sets"),
    ],
)
async def test_who_is_no_admin_or_sees_too_little_cannot_enable(tmp_path: Path, handle: str, said: str) -> None:
    async with running_server(tmp_path) as server:
        report = await server.enable(handle)
        assert not report.enabled
        assert said in report.problems[0]
        assert await org_of(server) is None
        app = server.org.controls.external_client_app.now
        assert not server.org.controls.tokens.has_approved(app, server.people.users[handle], "api")


async def test_who_has_no_permission_set_is_refused_as_at_a_sign_in(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        with pytest.raises(SignInRefused) as refused:
            await server.enable("seeing_nobody")
        assert refused.value.refusal.kind is RefusalKind.NO_PERMISSION_SET


async def test_without_view_all_data_availability_and_actions_are_off_by_name(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        report = await server.enable("seeing_admin")
        assert report.enabled
        assert set(report.off) >= {"availability", "actions"}
        assert "View All Data" in report.off["actions"]


async def test_another_admin_may_bind_the_connection_anew(server: SignInServer) -> None:
    first = await server.services.grants.of_org_connection(server.people.org_id).current()
    report = await server.enable("second_admin")
    assert report.enabled
    second = await server.services.grants.of_org_connection(server.people.org_id).current()
    assert second.user_id == server.people.users["second_admin"]
    with pytest.raises(OrgError):
        await server.services.gateway.userinfo(first)


async def test_an_app_that_is_not_installed_is_said_to_the_admin_too(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        server.org.controls.external_client_app.change(installed=False)
        with pytest.raises(SignInRefused) as refused:
            await server.enable()
        assert refused.value.refusal.kind is RefusalKind.APP_NOT_INSTALLED
