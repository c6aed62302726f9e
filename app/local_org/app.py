"""The local org as one ASGI application: login and OAuth pages, the REST API, the install page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from app.clock import Clock
from app.local_org.errors import Unsupported
from app.local_org.faults.admin import FaultAdmin
from app.local_org.faults.armed import ArmedFaults
from app.local_org.faults.concurrent_edit import edit_records
from app.local_org.faults.connection import BreakableH11Protocol
from app.local_org.faults.controls import OrgControls
from app.local_org.faults.injection import Effects, FaultInjection
from app.local_org.oauth.authorize import Authorize
from app.local_org.oauth.codes import Codes
from app.local_org.oauth.directory import Directory
from app.local_org.oauth.external_client_app import AppInOrg, ExternalClientApp
from app.local_org.oauth.id_tokens import IdTokens
from app.local_org.oauth.identity import Identity
from app.local_org.oauth.install import InstallPage
from app.local_org.oauth.introspect import IntrospectEndpoint
from app.local_org.oauth.login import LoginPage
from app.local_org.oauth.logins import Logins
from app.local_org.oauth.revoke import RevokeEndpoint
from app.local_org.oauth.services import OAuthServices
from app.local_org.oauth.storage import Storage
from app.local_org.oauth.token import TokenEndpoint
from app.local_org.oauth.tokens import Tokens
from app.local_org.org import LocalOrg
from app.local_org.rest.api import resources
from app.local_org.rest.describe_stamps import DescribeStamps
from app.local_org.rest.endpoint import RestEndpoint
from app.local_org.rest.usage import ApiUsage

API_SCOPES = frozenset({"api", "full"})

UVICORN_OPTIONS: Mapping[str, Any] = {
    "http": BreakableH11Protocol,
    "h11_max_incomplete_event_size": 1_048_576,
    "server_header": False,
    "timeout_graceful_shutdown": 2,
}
"""How to serve it: h11 must let a URI over 16,384 bytes through, so that the org can refuse it with 414."""


@dataclass(frozen=True, slots=True)
class LocalOrgControls:
    """The switches of a running org, for tests and the command line; reached as `app.state.controls`.

    faults: None unless the org was made with them; `faults.take(json)` arms one as the endpoint does.
    """

    external_client_app: AppInOrg
    tokens: Tokens
    logins: Logins
    usage: ApiUsage
    faults: FaultAdmin | None = None


def create_app(
    org: LocalOrg,
    *,
    external_client_app: ExternalClientApp,
    demo_password: str,
    clock: Clock,
    session_timeout: timedelta = timedelta(hours=2),
    daily_api_limit: int = 1_000_000,
    sign_in_path: Path | None = None,
    faults: bool = False,
) -> Starlette:
    """The application. demo_password: the password of every user.

    sign_in_path: where logins, grants and tokens are kept (SQLite); None keeps them in memory.
    faults: whether `/__admin__/faults` exists; to be moved by it, the clock (the org's too) must be an OrgClock.
    """
    directory = Directory(org)
    storage = Storage(sign_in_path)
    tokens = Tokens(storage, clock, directory.org_id, session_timeout)
    logins = Logins(storage, clock)
    app_in_org = AppInOrg(external_client_app)
    services = OAuthServices(
        app=app_in_org,
        directory=directory,
        tokens=tokens,
        codes=Codes(storage, clock),
        logins=logins,
        id_tokens=IdTokens(clock),
        clock=clock,
        demo_password=demo_password,
    )

    def user_of_token(access_token: str) -> str | None:
        if app_in_org.now.blocked:
            return None  # blocking an app ends its sessions (Salesforce Help, Block a Connected App)
        bearer = tokens.bearer(access_token)
        return None if bearer is None or not bearer.scopes & API_SCOPES else bearer.user_id

    usage = ApiUsage(clock, daily_api_limit)
    armed = ArmedFaults() if faults else None
    admin = None
    middleware = [Middleware(GZipMiddleware, minimum_size=500, compresslevel=1)]
    if armed is not None:
        controls = OrgControls(app_in_org, tokens, directory, usage, clock)
        admin = FaultAdmin(armed, controls.apply, controls.state)
        effects = Effects(tokens.end_session, tokens.end_grant_of, partial(edit_records, org, directory))
        middleware.insert(0, Middleware(FaultInjection, faults=armed, effects=effects))
    rest = RestEndpoint(org, resources(), user_of_token, usage, DescribeStamps(clock), armed)
    app = Starlette(
        routes=[
            *Authorize(services).routes(),
            *TokenEndpoint(services).routes(),
            *RevokeEndpoint(services).routes(),
            *IntrospectEndpoint(services).routes(),
            *Identity(services).routes(),
            *InstallPage(services).routes(),
            *LoginPage(services).routes(),
            *(admin.routes() if admin is not None else ()),
            Route("/services/data", rest),
            Mount("/services/data", rest),
            *(Route(f"/services/{name}/{{path:path}}", _other_service, methods=_ANY) for name in OTHER_SERVICES),
            Route("/{path:path}", _not_found),
        ],
        middleware=middleware,
    )
    app.state.controls = LocalOrgControls(app_in_org, tokens, logins, usage, admin)
    return app


OTHER_SERVICES = ("Soap", "apexrest", "async", "wave")
"""What an org serves beside its REST API: SOAP, Apex REST, Bulk API 1.0, Analytics."""
_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def _other_service(request: Request) -> Response:
    error = Unsupported(request.url.path)
    return JSONResponse([{"message": error.message, "errorCode": error.code}], error.status)


async def _not_found(_request: Request) -> Response:
    return PlainTextResponse("The requested resource does not exist", 404)
