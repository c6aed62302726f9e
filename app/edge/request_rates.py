"""So many requests a minute from one address, for everything that leads to a sign-in."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import metrics
from app.edge.addresses import source_of
from app.edge.refusals import refused
from app.rates import Rates

UNLIMITED: Final = frozenset({"/mcp", "/mcp/", "/health", "/ready"})
"""Tool calls have limits of their own, by person and org (app.mcp.call_limits): many people share an address."""
UNLIMITED_PREFIXES: Final = ("/static/", "/.well-known/")
"""The same bytes for everybody, which cost nothing and may be kept."""

Page = Callable[[int], Response]
"""The page that tells a person to wait so many seconds."""


class RequestRates:
    """429 with Retry-After once an address has used up its minute. Every path is limited that is not named above."""

    def __init__(self, app: ASGIApp, rates: Rates, page: Page) -> None:
        self._app = app
        self._rates = rates
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_unlimited(scope["path"]):
            await self._app(scope, receive, send)
            return
        wait = self._rates.take(source_of(scope))
        if not wait:
            await self._app(scope, receive, send)
            return
        metrics.note_refusal("edge", "rate")
        seconds = math.ceil(wait)
        if "text/html" in Headers(scope=scope).get("accept", ""):
            answer = self._page(seconds)
        else:
            answer = refused(429, "too_many_requests", f"Wait {seconds} seconds, then try again.")
        answer.headers["Retry-After"] = str(seconds)
        await answer(scope, receive, send)


def _is_unlimited(path: str) -> bool:
    return path in UNLIMITED or path.startswith(UNLIMITED_PREFIXES)
