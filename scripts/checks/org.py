"""The org that is being checked: where it is, who asks, and every answer that it gave."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from scripts.checks.findings import Json

VERSION = "66.0"
ROOT = f"/services/data/v{VERSION}"
TIMEOUT = (10, 60)
"""Seconds to connect, and to wait for an answer."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotRunError(Exception):
    """The org cannot be asked this: something that the check needs is not there. The message says what."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. body: parsed JSON, or the text where it is none; None when it is empty."""

    status: int
    body: Json
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was made, for the test that no behaviour is without a check. path: below the version."""

    method: str
    path: str
    answer: Answer


class SignIn(Protocol):
    """Somebody who signs in to the org for a check that needs an authorization code."""

    @property
    def redirect_uri(self) -> str:
        """A callback that the app knows."""
        ...

    def authorize(self, url: str) -> Mapping[str, str]:
        """Opens an authorize URL, lets a person sign in and approve, and returns the callback's parameters."""
        ...


@dataclass(frozen=True, slots=True)
class App:
    """The client of the OAuth checks. secret: of a confidential client."""

    consumer_key: str
    consumer_secret: str


@dataclass(slots=True)
class Org:
    """One org and who asks it. url: `https://acme.my.salesforce.com`; http is for this machine only (ValueError).

    token: an administrator's. limited_token: of a user who may use the API and nothing else.
    """

    url: str
    token: str
    limited_token: str | None = None
    app: App | None = None
    sign_in: SignIn | None = None
    run_id: str = field(default_factory=lambda: secrets.token_hex(4))
    asked: list[Asked] = field(default_factory=list[Asked])
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _http: requests.Session = field(default_factory=requests.Session)
    _secrets: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.url = self.url.rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError(f"{self.url} is no https URL")
        if parts.path or parts.query:
            raise ValueError(f"{self.url} is not the bare URL of an instance")
        self._http.trust_env = False
        self._http.max_redirects = 0
        self.keep_secret(self.token, self.limited_token, self.app and self.app.consumer_secret)

    def keep_secret(self, *values: str | None) -> None:
        """Makes sure that `redacted` hides these."""
        self._secrets.update(value for value in values if value)

    def redacted(self, line: str) -> str:
        """The line without any token or secret of this run."""
        for value in sorted(self._secrets, key=len, reverse=True):
            line = line.replace(value, "•••")
        return line

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None,
        json: Json = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
    ) -> Answer:
        """One request to any path of the org. token None: without an Authorization header."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        try:
            response = self._http.request(
                method,
                f"{self.url}{path}",
                json=json,
                params=params,
                data=data,
                headers=sent,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise NotRunError(f"{method} {path.partition('?')[0]} got no answer: {type(error).__name__}") from error
        answer = Answer(response.status_code, _body(response), response.headers)
        self.asked.append(Asked(method, path.removeprefix(ROOT), answer))
        return answer

    def next_number(self) -> int:
        """1, 2, 3 …: what makes the names of one run different."""
        return next(self._numbers)

    def object_names(self) -> Set[str]:
        """The objects that the administrator sees. Raises NotRunError when the org does not tell."""
        answer = self.send("GET", f"{ROOT}/sobjects", token=self.token)
        if answer.status != 200:
            raise NotRunError(f"GET /sobjects answered {answer.status}")
        return {str(entry["name"]) for entry in answer.body["sobjects"]}

    def close(self) -> None:
        self._http.close()


def _body(response: requests.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return response.text
