"""The browser of tests.support.browser for tests without an event loop, on one site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from tests.support.browser import Form, PageReader

MAX_REDIRECTS = 10


@dataclass
class Page:
    """Where a request ended: a page of the site, or a redirect that left it (`left_to`)."""

    url: str
    status: int
    text: str
    left_to: str | None = None

    @property
    def form(self) -> Form:
        """The page's first form. Raises AssertionError when it has none."""
        reader = PageReader()
        reader.feed(self.text)
        assert reader.forms, f"no form on {self.url} ({self.status}): {self.text[:300]}"
        return reader.forms[0]

    @property
    def answer(self) -> dict[str, str]:
        """The query parameters of the redirect that left the site."""
        assert self.left_to is not None, f"{self.url} ({self.status}) did not redirect away: {self.text[:300]}"
        return dict(parse_qsl(urlsplit(self.left_to).query, keep_blank_values=True))


class FormBrowser:
    """One browser on one site; leaving the site ends a chain of redirects."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False

    def open(self, url: str) -> Page:
        return self._follow(self.session.get(urljoin(self.site, url), allow_redirects=False, timeout=10))

    def submit(self, page: Page, values: Mapping[str, str]) -> Page:
        """Posts the page's first form with these values over its own."""
        form = page.form
        sent = {**form.fields, **values}
        action = urljoin(page.url, form.action)
        return self._follow(self.session.post(action, data=sent, allow_redirects=False, timeout=10))

    def close(self) -> None:
        self.session.close()

    def _follow(self, response: requests.Response) -> Page:
        for _ in range(MAX_REDIRECTS):
            if not response.is_redirect:
                return Page(response.url, response.status_code, response.text)
            location = urljoin(response.url, response.headers["location"])
            if urlsplit(location).netloc != urlsplit(self.site).netloc:
                return Page(response.url, response.status_code, "", left_to=location)
            response = self.session.get(location, allow_redirects=False, timeout=10)
        raise AssertionError(f"more than {MAX_REDIRECTS} redirects, last to {response.url}")
