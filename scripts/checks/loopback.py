"""A person signs in with a browser, and the callback comes to a port of this machine."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import click

from scripts.checks.org import LOOPBACK, NotRunError

WAIT_SECONDS = 300


def open_in_browser(url: str) -> None:
    webbrowser.open(url)


@dataclass(frozen=True, slots=True)
class LoopbackSignIn:
    """Prints and opens each authorize URL, and waits at the callback. opener: what opens a URL."""

    redirect_uri: str
    username: str | None = None
    open_browser: bool = True
    opener: Callable[[str], None] = open_in_browser

    def authorize(self, url: str) -> Mapping[str, str]:
        """The callback's parameters. Raises NotRunError when nobody comes, or the callback is not of this machine."""
        callback = urlsplit(self.redirect_uri)
        if callback.hostname not in LOOPBACK or callback.port is None:
            raise NotRunError(f"the callback {self.redirect_uri} is no port of this machine")
        got: list[Mapping[str, str]] = []

        class Callback(BaseHTTPRequestHandler):
            """Takes one callback; anything else that a browser asks for is not there."""

            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                found = asked.path == callback.path and not got
                if found:
                    got.append(dict(parse_qsl(asked.query)))
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                self.wfile.write(b"Thank you. You may close this page." if found else b"Not found")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the line would hold the code."""

        hinted = f"{url}&{urlencode({'login_hint': self.username})}" if self.username else url
        with HTTPServer(("127.0.0.1", callback.port), Callback) as server:
            server.timeout = 1
            click.echo(f"Sign in as an administrator: {hinted}", err=True)
            if self.open_browser:
                self.opener(hinted)
            deadline = time.monotonic() + WAIT_SECONDS
            while not got:
                if time.monotonic() > deadline:
                    raise NotRunError(f"nobody signed in for {WAIT_SECONDS} seconds")
                server.handle_request()
        return got[0]
