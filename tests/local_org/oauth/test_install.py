"""The install page of the External Client App's package."""

import secrets

from tests.support.local_org import RunningLocalOrg, authorize, log_in

LINK = "/packaging/installPackage.apexp?p0=04t000000000001AAA"


def test_an_admin_installs_for_admins_only_and_then_people_can_sign_in(running_local_org: RunningLocalOrg) -> None:
    running_local_org.controls.external_client_app.change(installed=False)
    verifier = secrets.token_urlsafe(48)
    rep = running_local_org.browser()
    refused = log_in(rep, authorize(rep, verifier), "rep@demo.example")
    assert refused.answer["error"] == "OAUTH_EC_APP_NOT_FOUND"
    admin = running_local_org.browser()
    page = log_in(admin, admin.open(LINK), "admin@demo.example")
    assert "Install for Admins Only" in page.text
    assert "not authorized for distribution as part of Salesforce's AppExchange Partner Program" in page.text
    page = admin.submit(page, {})
    assert "Acknowledge the notice" in page.text
    page = admin.submit(page, {"acknowledged": "1"})
    assert "Installation Complete!" in page.text
    assert "Allow Access?" in authorize(rep, verifier).text


def test_who_is_no_admin_cannot_install(running_local_org: RunningLocalOrg) -> None:
    running_local_org.controls.external_client_app.change(installed=False)
    browser = running_local_org.browser()
    page = log_in(browser, browser.open(LINK), "rep@demo.example")
    assert (page.status, "Insufficient Privileges" in page.text) == (403, True)
    assert not running_local_org.controls.external_client_app.now.installed


def test_a_link_without_a_package_version_leads_nowhere(running_local_org: RunningLocalOrg) -> None:
    assert running_local_org.browser().open("/packaging/installPackage.apexp?p0=abc").status == 404
