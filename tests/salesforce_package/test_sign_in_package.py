"""leandata-eca holds what a package may hold, and no secret."""

import json
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "salesforce_package" / "leandata-eca"


def _text(pattern: str) -> str:
    (path,) = PACKAGE.rglob(pattern)
    return path.read_text(encoding="utf-8")


def test_the_app_is_packaged_and_named() -> None:
    app = _text("LeanDataECA.eca-meta.xml")
    assert "<distributionState>Packaged</distributionState>" in app
    assert "<label>LeanDataECA</label>" in app


def test_it_asks_for_the_scopes_of_a_sign_in_and_no_others() -> None:
    settings = _text("*.ecaOauth-meta.xml")
    assert "<commaSeparatedOauthScopes>Api, RefreshToken, OpenID</commaSeparatedOauthScopes>" in settings
    assert "<externalClientApplication>LeanDataECA</externalClientApplication>" in settings


def test_what_must_not_be_in_source_control_is_not() -> None:
    for pattern in ("*.ecaGlblOauth-meta.xml", "*.ecaOauthPlcy-meta.xml", "*.ecaPlcy-meta.xml"):
        assert not list(PACKAGE.rglob(pattern))
    for path in PACKAGE.rglob("*.xml"):
        assert "consumerKey" not in path.read_text(encoding="utf-8")
        assert "consumerSecret" not in path.read_text(encoding="utf-8")


def test_a_scratch_org_of_the_package_has_external_client_apps() -> None:
    definition = json.loads(_text("project-scratch-def.json"))
    assert definition["features"] == ["ExternalClientApps", "ExtlClntAppSecretExposeCtl"]
    assert definition["settings"] == {"externalClientAppSettings": {"enableExternalClientApps": True}}


@pytest.mark.requirement("prerequisite.eca_only_sign_in")
def test_it_adds_no_object_and_no_permission_to_the_org() -> None:
    kinds = {path.parent.name for path in PACKAGE.rglob("*-meta.xml")}
    assert kinds == {"externalClientApps", "extlClntAppOauthSettings"}
