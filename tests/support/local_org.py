"""A local org on a real socket, for any test: `with serving(org, …) as running: …`, and how to sign in to it."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import requests
import uvicorn
from starlette.types import ASGIApp

from app.clock import Clock, system_clock
from app.local_org.app import UVICORN_OPTIONS, LocalOrgControls, create_app
from app.local_org.https import Certificates
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.org import LocalOrg
from tests.support.form_browser import FormBrowser, Page

PACKAGES = Path(__file__).parents[2] / "salesforce_package"
CONSUMER_KEY = "3MVG9test.consumer.key"
CONSUMER_SECRET = "test-consumer-secret"
CALLBACK = "http://mcp.example/signin/salesforce/callback"
PASSWORD = "demo-password"
STARTUP_SECONDS = 10

PEOPLE: Mapping[str, tuple[str, str | None, bool]] = {
    "admin@demo.example": ("System Administrator", "LeanData_Custom_Objects_Full_Access", True),
    "rep@demo.example": ("Standard User", "LeanData_Dashboard_Access", True),
    "nosets@demo.example": ("Standard User", None, True),
    "minimum@demo.example": ("Minimum Access - Salesforce", None, True),
    "inactive@demo.example": ("Standard User", "LeanData_Dashboard_Access", False),
}
"""Username → profile, permission set, active."""


@dataclass(frozen=True)
class RunningLocalOrg:
    """A served org. url: `http://127.0.0.1:port`, which is login host, My Domain and instance in one."""

    url: str
    org: LocalOrg
    controls: LocalOrgControls

    def browser(self) -> FormBrowser:
        """A new browser, signed in to nothing."""
        return FormBrowser(self.url)

    def sign_in(self, username: str, **params: str) -> dict[str, Any]:
        """The whole web-server flow over HTTP, forms filled in: the token endpoint's answer."""
        verifier = secrets.token_urlsafe(48)
        browser = self.browser()
        try:
            page = decide(browser, log_in(browser, authorize(browser, verifier, **params), username))
        finally:
            browser.close()
        code = page.answer["code"]
        answer = self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=verifier)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def token(self, **values: str) -> requests.Response:
        """Posts to the token endpoint with the client's credentials."""
        sent = {"client_id": CONSUMER_KEY, "client_secret": CONSUMER_SECRET, **values}
        return requests.post(f"{self.url}/services/oauth2/token", data=sent, timeout=10)

    def fault(self, kind: str, **options: Any) -> dict[str, Any]:
        """Arms a fault or makes a change over HTTP: the endpoint's answer. The org must be served with faults."""
        answer = requests.post(f"{self.url}/__admin__/faults", json={"kind": kind, **options}, timeout=10)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def met(self, number: int) -> None:
        """Waits until something ran into the fault of that number."""
        assert self.controls.faults is not None
        with anyio.fail_after(20):
            while True:
                line = self.controls.faults.faults.line(number)
                if line is not None and line["met"]:
                    return
                await anyio.sleep(0.01)

    def api(self, access_token: str) -> RestClient:
        """The REST API as the user of this token."""
        return RestClient(self.url, access_token)

    def as_user(self, username: str) -> RestClient:
        """The REST API as this user, freshly signed in."""
        return self.api(self.sign_in(username)["access_token"])


@dataclass(frozen=True)
class RestClient:
    """Plain requests to `/services/data/v66.0` with a bearer token."""

    site: str
    access_token: str

    def call(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> requests.Response:
        """path: below the version, with its leading slash."""
        return requests.request(
            method,
            f"{self.site}/services/data/v66.0{path}",
            json=json,
            params=params,
            data=data,
            headers={"Authorization": f"Bearer {self.access_token}", **(headers or {})},
            timeout=10,
        )

    def query(self, soql: str) -> list[dict[str, Any]]:
        """The records of a query that fits one page."""
        answer = self.call("GET", "/query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        return answer.json()["records"]


def challenge_of(verifier: str) -> str:
    """RFC 7636's S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def authorize(browser: FormBrowser, verifier: str, **params: str) -> Page:
    """Opens the authorize page: the login form, unless the browser is signed in."""
    values = {
        "response_type": "code",
        "client_id": CONSUMER_KEY,
        "redirect_uri": CALLBACK,
        "state": "st/ate",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        **params,
    }
    return browser.open(f"/services/oauth2/authorize?{urlencode({k: v for k, v in values.items() if v})}")


def log_in(browser: FormBrowser, page: Page, username: str, password: str = PASSWORD) -> Page:
    """Fills in the login form."""
    return browser.submit(page, {"username": username, "pw": password})


def decide(browser: FormBrowser, page: Page, decision: str = "allow") -> Page:
    """Answers the approval page; a page that is none (already approved, or refused) is given back as it is."""
    return browser.submit(page, {"decision": decision}) if page.left_to is None else page


def load_people(org: LocalOrg) -> dict[str, str]:
    """Loads PEOPLE into an empty org: username → user id."""
    system = org.as_system()

    def named(object_name: str) -> dict[str, str]:
        rows: list[dict[str, Any]] = system.query(f"SELECT Id, Name FROM {object_name}")["records"]
        return {row["Name"]: row["Id"] for row in rows}

    profiles, sets = named("Profile"), named("PermissionSet")
    ids: dict[str, str] = {}
    for username, (profile, permission_set, active) in PEOPLE.items():
        handle = username.partition("@")[0]
        row = {
            "Username": username,
            "Email": username,
            "FirstName": handle.title(),
            "LastName": "Tester",
            "Alias": handle[:8],
            "ProfileId": profiles[profile],
            "IsActive": active,
            "TimeZoneSidKey": "America/Los_Angeles",
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
        }
        ids[username] = org.load("User", [row])[0]
        if permission_set is not None:
            org.load(
                "PermissionSetAssignment",
                [{"AssigneeId": ids[username], "PermissionSetId": sets[permission_set], "IsActive": True}],
            )
    return ids


@contextmanager
def serving(
    org: LocalOrg,
    *,
    clock: Clock = system_clock,
    session_timeout: timedelta = timedelta(hours=2),
    daily_api_limit: int = 1_000_000,
    callback_urls: tuple[str, ...] = (CALLBACK,),
    sign_in_path: Path | None = None,
    faults: bool = False,
    certificates: Certificates | None = None,
    around: Callable[[ASGIApp], ASGIApp] | None = None,
) -> Generator[RunningLocalOrg]:
    """The org behind uvicorn in a thread, on a free port. Its External Client App is installed.

    faults: with `/__admin__/faults`; `running.fault(…)` arms one. certificates: serves https with them.
    around: middleware of the test's own, outside of everything.
    """
    app = create_app(
        org,
        external_client_app=ExternalClientApp.from_package(
            PACKAGES / "leandata-eca",
            consumer_key=CONSUMER_KEY,
            consumer_secret=CONSUMER_SECRET,
            callback_urls=callback_urls,
        ),
        demo_password=PASSWORD,
        clock=clock,
        session_timeout=session_timeout,
        daily_api_limit=daily_api_limit,
        sign_in_path=sign_in_path,
        faults=faults,
    )
    outermost = app if around is None else around(app)
    listener = socket.create_server(("127.0.0.1", 0))
    tls = {} if certificates is None else {"ssl_certfile": certificates.certificate, "ssl_keyfile": certificates.key}
    server = uvicorn.Server(uvicorn.Config(outermost, log_config=None, lifespan="off", **tls, **UVICORN_OPTIONS))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="local org", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not server.started:
            assert thread.is_alive(), "the local org did not start"
            assert time.monotonic() < deadline, "the local org did not start in time"
            time.sleep(0.01)
        scheme = "http" if certificates is None else "https"
        yield RunningLocalOrg(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", org, app.state.controls)
    finally:
        server.should_exit = True
        thread.join(STARTUP_SECONDS)
        listener.close()
