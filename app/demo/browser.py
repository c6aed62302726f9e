"""A person at a browser, for sign-in pages without scripts: reads forms, fills them in, presses the first button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2

MOST_PAGES = 20
"""A sign-in has about six pages and redirects; more is a loop."""


class SignInRefused(Exception):
    """A page without a form came where a sign-in should have gone on. The message is the page's text."""


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it holds. `button` is its first submit button's name and value."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    button: tuple[str, str] | None = None


class _Page(HTMLParser):
    """Collects the forms and the readable text of one HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"script", "style", "head"}:
            self._unseen += 1
        elif tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and tag in {"input", "button"}:
            self._control(self._form, tag, values)

    def _control(self, form: Form, tag: str, values: Mapping[str, str]) -> None:
        kind = values.get("type", "submit" if tag == "button" else "text")
        name = values.get("name", "")
        if kind == "submit":
            if form.button is None:
                form.button = (name, values.get("value", ""))
        elif name and (kind not in {"checkbox", "radio"} or "checked" in values):
            form.fields.setdefault(name, values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"}:
            self._unseen -= 1
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.text.append(data.strip())


async def walk_through(start: str, destination: str, answers: Mapping[str, str]) -> str:
    """Open `start` and go through its pages until a redirect to `destination`; the URL of that redirect.

    answers: the value for each input by its name (`username`, `pw`); inputs that a page pre-fills are kept.
    Raises SignInRefused with the page's text when a page offers no form or asks for the password a second time, and
    after too many pages.
    """
    logged_in = False
    async with httpx2.AsyncClient(timeout=30) as http:
        request = http.build_request("GET", start)
        for _ in range(MOST_PAGES):
            response = await http.send(request)
            if response.has_redirect_location:
                target = urljoin(str(request.url), response.headers["location"])
                if target.startswith(destination):
                    return target
                request = http.build_request("GET", target)
                continue
            page = _Page()
            page.feed(response.text)
            is_login = bool(page.forms) and "pw" in page.forms[0].fields
            if not page.forms or (response.is_error and not is_login) or (is_login and logged_in):
                raise SignInRefused(" ".join(page.text))
            logged_in |= is_login
            request = _submitted(http, str(request.url), page.forms[0], answers)
    raise SignInRefused(f"The sign-in did not end after {MOST_PAGES} pages.")


def _submitted(http: httpx2.AsyncClient, page_url: str, form: Form, answers: Mapping[str, str]) -> httpx2.Request:
    values = {name: answers.get(name, value) for name, value in form.fields.items()}
    if form.button is not None and form.button[0]:
        values[form.button[0]] = form.button[1]
    url = urljoin(page_url, form.action)
    if form.method == "get":
        return http.build_request("GET", url, params=values)
    return http.build_request("POST", url, data=values, headers={"Origin": _origin(page_url)})


def _origin(url: str) -> str:
    parts = httpx2.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode()}"
