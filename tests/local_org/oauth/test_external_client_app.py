"""The External Client App's settings from the package."""

from pathlib import Path

import pytest

from app.local_org.oauth.external_client_app import ExternalClientApp

PACKAGE = Path(__file__).parents[3] / "salesforce_package" / "leandata-eca"


def app_of(package: Path, *, installed: bool = True) -> ExternalClientApp:
    return ExternalClientApp.from_package(
        package,
        consumer_key="3MVG9key",
        consumer_secret="secret",
        callback_urls=("https://mcp.example/cb",),
        installed=installed,
    )


def test_the_scopes_and_the_label_are_the_packages() -> None:
    app = app_of(PACKAGE, installed=False)
    assert app.label == "LeanDataECA"
    assert app.scopes == ("api", "refresh_token", "openid")
    assert app.pkce_required
    assert app.refresh_token_rotation
    assert not app.installed


def test_xml_that_says_something_unknown_is_refused(tmp_path: Path) -> None:
    for source in PACKAGE.rglob("*-meta.xml"):
        target = tmp_path / source.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text()
        target.write_text(text.replace("RefreshToken", "Telepathy"))
    with pytest.raises(ValueError, match="scope Telepathy is not known"):
        app_of(tmp_path)


def test_a_folder_without_the_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must hold one"):
        app_of(tmp_path)
