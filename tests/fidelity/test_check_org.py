"""scripts/check_org as a person runs it: by environment, over HTTP, with a table of what differs and no secrets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from scripts.checks import report
from scripts.checks.findings import Finding
from scripts.checks.loopback import LoopbackSignIn
from scripts.checks.model import Check, Need, Sure
from scripts.checks.org import App, NotRunError, Org
from scripts.checks.registry import CHECKS
from scripts.checks.runner import Outcome, run, run_all
from scripts.checks.visit import MARK, Visit
from tests.fidelity.conftest import ADMIN
from tests.support.local_org import CONSUMER_KEY, CONSUMER_SECRET, RunningLocalOrg, decide, log_in

ROOT = Path(__file__).parents[2]


def check_org(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHECK_ORG_")}
    return subprocess.run(
        [sys.executable, "-m", "scripts.checks", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_against_an_org_that_agrees_it_says_so_and_ends_with_0(running: RunningLocalOrg) -> None:
    token = running.sign_in(ADMIN)["access_token"]
    done = check_org(
        CHECK_ORG_URL=running.url,
        CHECK_ORG_TOKEN=token,
        CHECK_ORG_CONSUMER_KEY=CONSUMER_KEY,
        CHECK_ORG_CONSUMER_SECRET=CONSUMER_SECRET,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    assert " 0 different" in done.stdout
    assert "needs the token of a user with nothing but a Minimum Access profile" in done.stdout
    assert token not in printed
    assert CONSUMER_SECRET not in printed


def test_what_differs_is_a_table_without_secrets(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    def look(visit: Visit) -> Iterator[Finding]:
        yield Finding("the header", "another token", visit.org.token)

    check = Check("made.up", "Tokens are told", "nowhere", Sure.BG, look)
    outcomes = list(run_all([check], org))
    assert report.print_outcomes(outcomes, org.redacted) == 1
    printed = capsys.readouterr().out
    for cell in ("Behaviour", "Expected", "Got", "made.up: Tokens are told", "(the header)", '"another token"', "•••"):
        assert cell in printed
    assert org.token not in printed
    assert "0 as the local org, 1 different, 0 not run." in printed


def test_a_check_that_meets_another_form_differs_and_its_rows_are_deleted(org: Org) -> None:
    def look(visit: Visit) -> Iterator[Finding]:
        visit.account()
        yield Finding("the first", 1, visit.query("SELECT COUNT() FROM Account").body["records"][0]["Id"])

    outcome = run(Check("made.up", "Counts have rows", "nowhere", Sure.BG, look), org)
    assert [finding.got for finding in outcome.differences] == ["IndexError: list index out of range"]
    assert Visit(org).rows(f"SELECT Id FROM Account WHERE Name LIKE '{MARK}%'") == []


def test_a_check_whose_need_is_missing_is_not_run_and_says_why(running: RunningLocalOrg) -> None:
    bare = Org(running.url, running.sign_in(ADMIN)["access_token"])
    wanting = [check for check in CHECKS if Need.SIGN_IN in check.needs or Need.LIMITED_USER in check.needs]
    outcomes = list(run_all(wanting, bare))
    assert all(outcome.not_run is not None and outcome.not_run.startswith("needs ") for outcome in outcomes)
    assert report.print_outcomes(outcomes, bare.redacted) == 0
    bare.close()


def test_rows_that_could_not_be_deleted_are_named(org: Org, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(CHECKS[0], (Finding("x", 1, 1),), left=("Account 001xx0000000001AAA",))
    assert report.print_outcomes([outcome], org.redacted) == 1
    assert "Could not be deleted: Account 001xx0000000001AAA" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ((), {}, "CHECK_ORG_URL is not set"),
        ((), {"CHECK_ORG_URL": "http://acme.my.salesforce.com", "CHECK_ORG_TOKEN": "x"}, "is no https URL"),
        ((), {"CHECK_ORG_URL": "https://acme.my.salesforce.com/x", "CHECK_ORG_TOKEN": "x"}, "not the bare URL"),
        ((), {"CHECK_ORG_URL": "http://127.0.0.1:9"}, "Neither CHECK_ORG_TOKEN nor a consumer key"),
        ((), {"CHECK_ORG_URL": "http://127.0.0.1:9", "CHECK_ORG_TOKEN": "x"}, "got no answer: ConnectionError"),
        (("nothing.",), {}, "There is no check nothing."),
    ],
)
def test_what_it_cannot_work_with_ends_it_with_2(
    arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    done = check_org(*arguments, **environment)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_help_names_every_variable_and_what_is_written() -> None:
    printed = check_org("--help").stdout
    for name in ("URL", "TOKEN", "CONSUMER_KEY", "CONSUMER_SECRET", "CALLBACK", "USERNAME", "LIMITED_TOKEN"):
        assert f"CHECK_ORG_{name}" in printed
    assert MARK in printed
    assert "Usage: scripts/check_org" in printed


def test_the_list_names_every_check() -> None:
    assert check_org("--list").stdout.count("\n") == len(CHECKS)


@pytest.fixture
def port() -> int:
    """One that is free just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free: int = listener.getsockname()[1]
    return free


def test_somebody_signs_in_with_a_browser_and_the_callback_comes_to_this_machine(
    running: RunningLocalOrg, port: int
) -> None:
    callback = f"http://localhost:{port}/callback"
    before = running.controls.external_client_app.now.callback_urls
    running.controls.external_client_app.change(callback_urls=(*before, callback))

    def person(url: str) -> None:
        def act() -> None:
            browser = running.browser()
            page = decide(browser, log_in(browser, browser.open(url.removeprefix(running.url)), ADMIN))
            browser.close()
            assert requests.get(f"http://127.0.0.1:{port}/favicon.ico", timeout=5).status_code == 404
            requests.get(str(page.left_to), timeout=5)

        threading.Thread(target=act, daemon=True).start()

    org = Org(
        running.url,
        "none",
        app=App(CONSUMER_KEY, CONSUMER_SECRET),
        sign_in=LoopbackSignIn(callback, ADMIN, opener=person),
    )
    try:
        outcome = run(next(check for check in CHECKS if check.id == "sign_in.code_once"), org)
    finally:
        org.close()
        running.controls.external_client_app.change(callback_urls=before)
    assert (outcome.not_run, outcome.differences) == (None, ())


def test_a_callback_of_another_machine_is_refused() -> None:
    with pytest.raises(NotRunError, match="no port of this machine"):
        LoopbackSignIn("https://mcp.example/callback").authorize("https://acme.my.salesforce.com/x?a=b")
