"""The edge, put together."""

from __future__ import annotations

from typing import Any, cast

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.clock import Clock
from app.edge.bodies import BodyLimits
from app.edge.hosts import HostCheck, PublicHosts
from app.edge.request_rates import Page, RequestRates
from app.edge.security_headers import SecurityHeaders
from app.rates import Rates
from app.settings import Settings


def edge(app: ASGIApp, settings: Settings, clock: Clock, too_many_requests: Page) -> ASGIApp:
    """The application as the network sees it. too_many_requests: the page for a browser that must wait.

    From the outside: the caller's address, headers of every answer, the host, the rate, the body. It stands around the
    whole application, so that its error answers have the headers too.
    """
    inner = BodyLimits(app, settings.body_seconds)
    limited = RequestRates(inner, Rates(settings.requests_per_minute, clock), too_many_requests)
    checked = HostCheck(limited, PublicHosts(settings.public_url))
    answered = SecurityHeaders(checked, is_https=settings.public_url.startswith("https:"))
    # uvicorn's types of ASGI are narrower than Starlette's, and mean the same.
    return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", answered), settings.trusted_proxies))
