"""A browser without a screen, async: follows redirects, keeps cookies, parses forms and fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

MOST_REDIRECTS = 10


@dataclass
class Form:
    """A form as the page has it: its fields with their values, its buttons as name and value in order."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    buttons: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


class PageReader(HTMLParser):
    """What a page has: its forms, where its links lead, its words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "form":
            self.forms.append(Form(values.get("action", ""), values.get("method", "get")))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((values.get("name", ""), values.get("value", "")))
        elif tag == "input" and values.get("type") in {"checkbox", "radio"} and "checked" not in values:
            pass  # a browser sends nothing for it
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())


@dataclass
class Page:
    """Where a request ended: a page, or a redirect to a site that this browser does not visit (`left_to`)."""

    response: httpx2.Response
    left_to: str | None = None

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """The words of the page, one blank between them."""
        return " ".join(self._read().words)

    @staticmethod
    def words_of(html: str) -> list[str]:
        """The words of a part of a page."""
        reader = PageReader()
        reader.feed(html)
        return reader.words

    @property
    def links(self) -> list[str]:
        return self._read().links

    @property
    def form(self) -> Form:
        """The page's first form."""
        return self.forms[0]

    @property
    def forms(self) -> list[Form]:
        """The page's forms, at least one."""
        forms = self._read().forms
        assert forms, f"no form on {self.response.url} ({self.status}): {self.text[:300]}"
        return forms

    @property
    def answer(self) -> dict[str, str]:
        """The query parameters of the redirect that left."""
        assert self.left_to is not None, f"{self.response.url} ({self.status}) stayed: {self.text[:300]}"
        return dict(parse_qsl(urlsplit(self.left_to).query, keep_blank_values=True))

    def _read(self) -> PageReader:
        reader = PageReader()
        reader.feed(self.response.text)
        return reader


class Browser:
    """One browser. sites: the origins that it visits; a redirect to any other ends the chain."""

    def __init__(self, *sites: str) -> None:
        self.sites = {urlsplit(site).netloc for site in sites}
        self.http = httpx2.AsyncClient(trust_env=False, timeout=20)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def open(self, url: str) -> Page:
        """Opens a URL and follows its redirects."""
        return await self.follow(await self.http.get(url))

    async def submit(
        self,
        page: Page,
        values: Mapping[str, str] | None = None,
        *,
        button: str | None = None,
        action: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Sends the form that has a button of that value, or that action (else the first), with these values over its
        own."""
        having = (
            form
            for form in page.forms
            if (button is None or any(value == button for _, value in form.buttons))
            and (action is None or form.action == action)
        )
        form = next(having, None)
        assert form is not None, f"no button {button!r} and no action {action!r} among {page.forms}"
        data = {**form.fields, **(values or {})}
        pressed = next((b for b in form.buttons if button is None or b[1] == button), None)
        if pressed is not None and pressed[0]:
            data.setdefault(*pressed)
        url = urljoin(str(page.response.url), form.action)
        return await self.follow(await self.http.post(url, data=data, headers=headers))

    async def follow(self, response: httpx2.Response) -> Page:
        """From an answer to where its redirects end."""
        for _ in range(MOST_REDIRECTS):
            if not response.has_redirect_location:
                return Page(response)
            target = urljoin(str(response.url), response.headers["location"])
            if urlsplit(target).netloc not in self.sites:
                return Page(response, left_to=target)
            response = await self.http.get(target)
        raise AssertionError(f"more than {MOST_REDIRECTS} redirects, last to {response.url}")
