"""The External Client App: its settings from salesforce_package/leandata-eca, and its state in this org."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

SCOPES_BY_METADATA_NAME = {
    "Api": "api",
    "RefreshToken": "refresh_token",
    "OpenID": "openid",
    "Basic": "id",
    "Profile": "profile",
    "Email": "email",
    "Full": "full",
    "Web": "web",
    "CustomPermissions": "custom_permissions",
}
"""Metadata API, ExtlClntAppOauthSettings.commaSeparatedOauthScopes → the OAuth scope."""

_APPLICATION_ELEMENTS = frozenset(
    {"contactEmail", "description", "distributionState", "isProtected", "label", "orgScopedExternalApp"}
)
_SETTINGS_ELEMENTS = frozenset(
    {"commaSeparatedOauthScopes", "externalClientApplication", "isFirstPartyAppEnabled", "label", "oauthLink"}
)


class PermittedUsers(StrEnum):
    """Metadata API, ExtlClntAppOauthConfigurablePolicies.permittedUsersPolicyType."""

    ALL_SELF_AUTHORIZED = "AllSelfAuthorized"
    ADMIN_APPROVED = "AdminApprovedPreAuthorized"


@dataclass(frozen=True, slots=True)
class ExternalClientApp:
    """One External Client App as this org sees it.

    scopes: in the order of the token answer. installed, blocked, permitted_users and pre_authorized (names of
    permission sets) are the org's own state. refresh_token_idle: how long an unused refresh token lives.
    named_user_jwt: access tokens are JWTs ("Issue JWT-based access tokens for named users").
    PKCE and rotation default to what the package's README sets in the global settings, which cannot be packaged.
    """

    consumer_key: str
    consumer_secret: str
    callback_urls: tuple[str, ...]
    label: str = "LeanDataECA"
    scopes: tuple[str, ...] = ("refresh_token", "openid", "api")
    installed: bool = True
    blocked: bool = False
    permitted_users: PermittedUsers = PermittedUsers.ALL_SELF_AUTHORIZED
    pre_authorized: frozenset[str] = frozenset()
    pkce_required: bool = True
    refresh_token_rotation: bool = True
    refresh_token_idle: timedelta = timedelta(days=30)
    named_user_jwt: bool = False

    @classmethod
    def from_package(
        cls, package: Path, *, consumer_key: str, consumer_secret: str, callback_urls: Sequence[str], **state: Any
    ) -> ExternalClientApp:
        """Label and scopes from the XML below `package` (salesforce_package/leandata-eca).

        Raises ValueError for XML that says something which the local org does not know.
        """
        application = _elements(package, "externalClientApps/*.eca-meta.xml", _APPLICATION_ELEMENTS)
        settings = _elements(package, "extlClntAppOauthSettings/*.ecaOauth-meta.xml", _SETTINGS_ELEMENTS)
        scopes: list[str] = []
        for name in (part.strip() for part in settings["commaSeparatedOauthScopes"].split(",")):
            if name not in SCOPES_BY_METADATA_NAME:
                raise ValueError(f"the OAuth scope {name} is not known to the local org")
            scopes.append(SCOPES_BY_METADATA_NAME[name])
        return cls(
            consumer_key=consumer_key,
            consumer_secret=consumer_secret,
            callback_urls=tuple(callback_urls),
            label=application["label"],
            scopes=tuple(scopes),
            **state,
        )


def _elements(package: Path, pattern: str, known: frozenset[str]) -> dict[str, str]:
    """The flat elements of the one file that matches. Raises ValueError for none, several, or an unknown element."""
    files = sorted(package.glob(f"**/{pattern}"))
    if len(files) != 1:
        raise ValueError(f"{package} must hold one {pattern}, it holds {len(files)}")
    values: dict[str, str] = {}
    for element in ET.parse(files[0]).getroot():  # noqa: S314 - our own repository's file
        name = element.tag.removeprefix(_NAMESPACE)
        if name not in known:
            raise ValueError(f"{files[0].name}: the element {name} is not known to the local org")
        values[name] = (element.text or "").strip()
    return values


class AppInOrg:
    """The app's present state; changed by the install page and by tests. Thread-safe."""

    def __init__(self, app: ExternalClientApp) -> None:
        self._app = app
        self._lock = Lock()

    @property
    def now(self) -> ExternalClientApp:
        return self._app

    def change(self, **fields: Any) -> None:
        """Replaces fields of the app: `change(installed=False)`."""
        with self._lock:
            self._app = replace(self._app, **fields)
