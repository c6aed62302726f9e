from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from app.org.connection import ConnectionReport, PackageVersion, check_connection
from app.org.gateway import Gateway
from tests.org.answers import COMPOSITE, DATA, page, record
from tests.org.grants_in_memory import token

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


async def check(
    gateway: Gateway,
    http: responses.RequestsMock,
    *,
    permissions: tuple[dict[str, Any], ...] = (),
    licences: tuple[dict[str, Any], ...] = (),
    packages: tuple[dict[str, Any], ...] = (),
) -> ConnectionReport:
    parts = [
        {"body": page(*rows), "httpHeaders": {}, "httpStatusCode": 200, "referenceId": f"query{number}"}
        for number, rows in enumerate((permissions, licences))
    ]
    http.post(COMPOSITE, json={"compositeResponse": parts})
    http.get(f"{DATA}/tooling/query/", json=page(*packages))
    return await check_connection(gateway.with_token(token()), "LeanData", NOW)


async def test_an_org_that_is_ready_is_told_to_be(gateway: Gateway, http: responses.RequestsMock) -> None:
    report = await check(
        gateway,
        http,
        permissions=(_permission(view_all=True, modify_all=True),),
        licences=(_licence("Active"),),
        packages=(_package("Other", 3, 1), _package("LeanData", 8, 2)),
    )
    assert report == ConnectionReport(True, True, "Active", None, PackageVersion(8, 2), NOW)
    assert report.licensed
    assert report.supported
    assert str(report.version) == "8.2"


async def test_to_see_all_is_not_to_change_all(gateway: Gateway, http: responses.RequestsMock) -> None:
    report = await check(gateway, http, permissions=(_permission(view_all=True, modify_all=False),))
    assert report.view_all_data
    assert not report.modify_all_data


async def test_an_org_without_the_package_has_neither_version_nor_licence(
    gateway: Gateway, http: responses.RequestsMock
) -> None:
    permissions = (_permission(view_all=False, modify_all=False),)
    report = await check(gateway, http, permissions=permissions, packages=(_package("Other", 8, 0),))
    assert report == ConnectionReport(False, False, None, None, None, NOW)
    assert not report.licensed
    assert not report.supported


@pytest.mark.parametrize(
    ("status", "expires", "licensed"),
    [
        ("Active", None, True),
        ("Trial", datetime(2026, 12, 1, tzinfo=UTC), True),
        ("Trial", datetime(2026, 11, 23, 15, 30, tzinfo=UTC), False),
        ("Free", None, True),
        ("Expired", None, False),
        ("Suspended", None, False),
        (None, None, False),
    ],
)
def test_a_licence_counts_while_it_is_active(status: str | None, expires: datetime | None, licensed: bool) -> None:
    assert ConnectionReport(True, True, status, expires, None, NOW).licensed is licensed


@pytest.mark.parametrize(("major", "supported"), [(6, False), (7, True), (8, True), (9, False)])
def test_bookit_7_and_8_are_supported(major: int, supported: bool) -> None:
    assert ConnectionReport(True, True, None, None, PackageVersion(major, 0), NOW).supported is supported


def _permission(*, view_all: bool, modify_all: bool) -> dict[str, Any]:
    return record(
        "UserPermissionAccess",
        Id="000000000000000AAA",
        PermissionsViewAllData=view_all,
        PermissionsModifyAllData=modify_all,
    )


def _licence(status: str) -> dict[str, Any]:
    return record(
        "PackageLicense",
        Id="050xx0000000001AAA",
        NamespacePrefix="LeanData",
        Status=status,
        AllowedLicenses=-1,
        UsedLicenses=3,
        ExpirationDate=None,
    )


def _package(namespace: str, major: int, minor: int) -> dict[str, Any]:
    return record(
        "InstalledSubscriberPackage",
        Id="0A3xx0000000001AAA",
        SubscriberPackage=record("SubscriberPackage", NamespacePrefix=namespace, Name=namespace),
        SubscriberPackageVersion=record(
            "SubscriberPackageVersion", MajorVersion=major, MinorVersion=minor, PatchVersion=0
        ),
    )
