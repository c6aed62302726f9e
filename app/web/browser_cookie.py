"""The cookie that binds what was begun to the browser that began it, and the form tokens derived from such a value."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.store.secrets import new_token

LIFETIME_SECONDS = 3600


class BrowserCookie:
    """`__Host-` and Secure on https; a plain name on http, which the settings allow on loopback only."""

    def __init__(self, public_url: str, name: str = "bookit_browser") -> None:
        self._secure = urlsplit(public_url).scheme == "https"
        self.name = f"__Host-{name}" if self._secure else name

    def read(self, request: Request) -> str | None:
        """The browser's value, None if it has none."""
        return request.cookies.get(self.name) or None

    def write(self, response: Response, value: str) -> None:
        """Sets or prolongs it. Lax, because the browser comes back from Salesforce by a link across sites."""
        response.set_cookie(
            self.name, value, max_age=LIFETIME_SECONDS, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        """The browser forgets it."""
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")

    @staticmethod
    def new() -> str:
        """A value for a browser that has none: 256 random bits."""
        return new_token().get_secret_value()


def form_token(browser: str, form: str) -> str:
    """The hidden field of a form that changes something; form: which one, such as `consent|<request>`. Only a page that
    we gave to this browser for this form has it."""
    return hmac.new(browser.encode(), form.encode(), hashlib.sha256).hexdigest()


def is_form_token(candidate: str, browser: str, form: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(candidate.encode(), form_token(browser, form).encode())
