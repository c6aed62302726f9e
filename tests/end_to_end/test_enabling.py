"""What has to be true of an org before anybody signs in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.local_org.demo_data.model import DemoData
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.browser import Browser
from tests.support.local_org import PASSWORD
from tests.support.running_server import RunningServer, running_server

pytestmark = pytest.mark.anyio

_CHECKED_AGAIN = timedelta(hours=1, seconds=1)


@pytest.mark.requirement("start.enable")
async def test_nobody_signs_in_to_an_org_that_no_admin_has_enabled(tmp_path: Path) -> None:
    with running_server(tmp_path, meetings=0, enable_as=None) as server:
        for handle in ("admin", "rep1"):
            page = await server.refused(handle)
            assert "BookIt MCP is not enabled for this org" in page
            assert "Integrations, BookIt tab, BookIt MCP (BETA), Get Started, Enable" in page


@pytest.mark.requirement("start.enable")
@pytest.mark.parametrize("handle", ["rep1", "poolmanager2", "both"])
async def test_only_an_admin_who_may_see_setup_enables_an_org(tmp_path: Path, handle: str) -> None:
    with running_server(tmp_path, meetings=0, enable_as=handle) as server:
        report = server.enabled
        assert report is not None
        assert not report.enabled
        assert "Enable as an admin who has View Setup and Configuration and View All Data" in report.problems[0]
        assert "not enabled" in await server.refused("admin")


@pytest.mark.requirement("prerequisite.license")
async def test_an_org_without_a_living_licence_is_not_enabled(tmp_path: Path) -> None:
    with running_server(tmp_path, meetings=0, change_schema=_changeable_licences, change_org=_suspend) as server:
        report = server.enabled
        assert report is not None
        assert report.problems == ("An active BookIt licence is needed: its status is Expired.",)
        assert "not enabled" in await server.refused("admin")


@pytest.mark.requirement("prerequisite.license")
async def test_a_licence_that_ends_later_ends_sign_ins_and_the_page_says_so(tmp_path: Path) -> None:
    with running_server(tmp_path, meetings=0, change_schema=_changeable_licences) as server:
        async with server.signed_in("rep1"):
            pass
        _suspend(server.org.org, server.data)
        server.clock.advance(_CHECKED_AGAIN)
        page = await server.refused("rep2")
        assert "This org has no BookIt 7.x or 8.x with an active licence" in page
        assert "its status is Expired" in page


@pytest.mark.requirement("beta.versions")
@pytest.mark.parametrize("major", [6, 9])
async def test_another_version_of_bookit_is_refused(tmp_path: Path, major: int) -> None:
    def change(schema: Schema) -> Schema:
        packages = (replace(each, major=major) if each.namespace == "LeanData" else each for each in schema.packages)
        return replace(schema, packages=tuple(packages))

    with running_server(tmp_path, meetings=0, change_schema=change) as server:
        report = server.enabled
        assert report is not None
        assert [problem.split(";")[0] for problem in report.problems] == [
            f"The installed BookIt version is {major}.{_minor(server)}"
        ]
        assert "not enabled" in await server.refused("admin")


@pytest.mark.requirement("beta.versions")
@pytest.mark.parametrize(("bookit_version", "shown"), [(7, "7.4"), (8, "8.2")])
async def test_both_versions_of_bookit_work(tmp_path: Path, bookit_version: int, shown: str) -> None:
    with running_server(tmp_path, meetings=20, bookit_version=bookit_version) as server:
        for handle in ("admin", "rep1"):
            async with server.signed_in(handle) as client:
                me = (await client.call_tool("whoami", {})).structured_content
                found = (
                    await client.call_tool("query_meetings", {"period": "next_7_days", "detail": True})
                ).structured_content
            assert me is not None
            assert (me["org"]["bookit_version"], me["off"]) == (shown, [])
            assert found is not None
            assert found["total"] > 0


@pytest.mark.requirement("prerequisite.eca", "start.install_for_admins_only")
async def test_who_lacks_the_sign_in_package_is_told_and_comes_in_once_an_admin_has_installed_it(
    own_server: RunningServer,
) -> None:
    own_server.org.controls.external_client_app.change(installed=False)
    page = await own_server.refused("rep1")
    assert "LeanDataECA is not installed in this org" in page
    assert "Install for Admins Only" in page
    async with Browser(own_server.org.url) as browser:
        login = await browser.open(own_server.settings.package_install_url)
        form = await browser.submit(login, {"username": "admin@demo.example", "pw": PASSWORD})
        assert "Admins Only" in form.text
        done = await browser.submit(form, {"security": "AdminsOnly", "acknowledged": "1"})
    assert "Installation Complete!" in done.text
    async with own_server.signed_in("rep1") as client:
        assert (await client.list_tools()).tools


def _changeable_licences(schema: Schema) -> Schema:
    """Only LeanData changes a licence in a real org; here the org itself may."""
    licence = schema.objects["PackageLicense"]
    fields = {name: replace(field, updateable=name == "Status") for name, field in licence.fields.items()}
    objects = {**schema.objects, licence.name: replace(licence, updateable=True, fields=fields)}
    return replace(schema, objects=objects)


def _suspend(org: LocalOrg, data: DemoData) -> None:
    del data
    system = org.as_system()
    for row in system.query("SELECT Id FROM PackageLicense WHERE NamespacePrefix = 'LeanData'")["records"]:
        system.update("PackageLicense", row["Id"], {"Status": "Expired"})


def _minor(server: RunningServer) -> int:
    return next(each.minor for each in server.org.org.schema.packages if each.namespace == "LeanData")
