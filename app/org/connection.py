"""Is an org ready, and may its connection do what rules and actions need? Asked when it is enabled, and again later.

Without View All Data, busy times and ledgers would be silently incomplete: activities are private. Without Modify All
Data an action would fail halfway through: a booked meeting's Event belongs to its host. BookIt has to be installed in a
version that we know, with a licence that is active (guide, Prerequisites).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.org.reader import Ask, Reader, Row

SUPPORTED_MAJOR_VERSIONS = frozenset({7, 8})
ACTIVE_LICENCES = frozenset({"Active", "Free", "Trial"})
"""PackageLicense.Status of an org that may use the package (Object Reference, PackageLicense)."""


@dataclass(frozen=True, slots=True, order=True)
class PackageVersion:
    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a check found. view_all_data, modify_all_data: the user behind the token has it. licence:
    PackageLicense.Status, None if there is no row. version: of the installed BookIt package, None if it is not
    installed."""

    view_all_data: bool
    modify_all_data: bool
    licence: str | None
    licence_expires: datetime | None
    version: PackageVersion | None
    checked: datetime

    @property
    def licensed(self) -> bool:
        """Whether the licence was active at the time of the check."""
        if self.licence not in ACTIVE_LICENCES:
            return False
        return self.licence_expires is None or self.licence_expires > self.checked

    @property
    def supported(self) -> bool:
        """Whether the installed version is one that we know."""
        return self.version is not None and self.version.major in SUPPORTED_MAJOR_VERSIONS


async def check_connection(reader: Reader, package_namespace: str, now: datetime) -> ConnectionReport:
    """Two calls: permissions and licence, then the version, as the user behind the reader. Raises OrgError.

    `reader`: `gateway.with_token(…)` while an org is being enabled, `gateway.as_org_connection(…)` later.
    """
    permissions, licences = await reader.fetch_all(
        Ask("org/running_user_permissions"), Ask("org/licence", {"namespace": package_namespace})
    )
    packages = await reader.fetch("org/installed_packages")
    licence = licences.rows[0] if licences.rows else None
    return ConnectionReport(
        view_all_data=any(row["PermissionsViewAllData"] for row in permissions.rows),
        modify_all_data=any(row["PermissionsModifyAllData"] for row in permissions.rows),
        licence=None if licence is None else licence["Status"],
        licence_expires=None if licence is None else licence["ExpirationDate"],
        version=_version(packages.rows, package_namespace),
        checked=now,
    )


def _version(packages: Iterable[Row], namespace: str) -> PackageVersion | None:
    for row in packages:
        package, version = row["SubscriberPackage"], row["SubscriberPackageVersion"]
        if package is not None and version is not None and package["NamespacePrefix"] == namespace:
            return PackageVersion(version["MajorVersion"], version["MinorVersion"], version["PatchVersion"])
    return None
