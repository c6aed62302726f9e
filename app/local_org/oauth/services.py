"""What the OAuth endpoints share, and the URLs that they make of a request."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.clock import Clock
from app.local_org.oauth.codes import Codes
from app.local_org.oauth.directory import Directory
from app.local_org.oauth.external_client_app import AppInOrg
from app.local_org.oauth.id_tokens import IdTokens
from app.local_org.oauth.logins import Logins
from app.local_org.oauth.tokens import Tokens

_P = ParamSpec("_P")
_T = TypeVar("_T")

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class OAuthServices:
    """The state behind the endpoints. demo_password: the one password of every user of this org."""

    app: AppInOrg
    directory: Directory
    tokens: Tokens
    codes: Codes
    logins: Logins
    id_tokens: IdTokens
    clock: Clock
    demo_password: str


def origin(request: Request) -> str:
    """`http://127.0.0.1:8099`: My Domain, login host and instance are one here."""
    return f"{request.url.scheme}://{request.url.netloc}"


def identity_url(base: str, org_id: str, user_id: str) -> str:
    return f"{base}/id/{org_id}/{user_id}"


def page(template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A rendered page; never stored by a browser, never framed."""
    html = _PAGES.get_template(template).render(**values)
    safe = {"Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private", "X-Frame-Options": "DENY"}
    return HTMLResponse(html, status, {**safe, **(headers or {})})


def unsupported(what: str) -> Response:
    """The loud refusal of what a real org takes and the local org does not."""
    return PlainTextResponse(f"EMULATOR_UNSUPPORTED: The local org does not support {what}.", 501)


async def in_thread(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Runs what touches the database beside the event loop."""
    return await anyio.to_thread.run_sync(lambda: function(*args, **kwargs))


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


async def form_values(request: Request) -> dict[str, str]:
    """The fields of a posted form; of a repeated field the last, files left out."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}
