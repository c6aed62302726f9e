"""The composition root: settings in, one ASGI application out. Nothing else puts the layers together."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio
import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app import metrics
from app.bookit.availability.org_days import OrgDaysCache
from app.bookit.counts.pools import PoolSettingsCache
from app.bookit.directory import Directory
from app.bookit.invites.sending import Invites
from app.bookit.links.team_members import TeamMembers
from app.bookit.meeting_types.reading import TypesToBook
from app.bookit.meeting_types.records import MeetingTypes
from app.bookit.meetings.prospects import Accounts
from app.bookit.routing.live import LiveGraphs
from app.clock import Clock, system_clock
from app.edge.edge import edge
from app.mcp.call import Services
from app.mcp.call_limits import CallLimits, Limit
from app.mcp.capabilities import capabilities
from app.mcp.http import mcp_app
from app.mcp.registry import all_tools
from app.mcp.signing import Signing
from app.oauth.bearer import BearerMiddleware
from app.oauth.client_documents.fetching import DocumentFetcher
from app.oauth.deps import MCP_PATH, OAuthDeps
from app.oauth.routes import cors, oauth_routes
from app.org.caller import Scope
from app.org.schema_map import SchemaMap, load_schema_map
from app.settings import Settings
from app.signin.org_statuses import StoredOrgStatuses
from app.signin.services import SignInServices
from app.store.audit import Audit
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.janitor import Janitor
from app.web.integration.deps import PageDeps
from app.web.integration.routes import integration_routes
from app.web.pages import static_routes
from soql.statements import load_statements

log = structlog.stdlib.get_logger(__name__)


def sign_in_services(settings: Settings, database: Database, clock: Clock = system_clock) -> SignInServices:
    """Sign-in and the gateway over one database: what the server and the command line both stand on.

    Raises at once for a statement that breaks a rule and for a schema map that does not fit.
    """
    return SignInServices.build(
        settings,
        database,
        Keyring.from_settings(settings.encryption_keys),
        statements=load_statements(),
        schema_map=schema_map(settings),
        clock=clock,
        tools=all_tools().statements(),
    )


def schema_map(settings: Settings) -> SchemaMap:
    """The schema map with the settings' override file, if there is one."""
    return load_schema_map(settings.schema_map)


def create_app(settings: Settings, *, clock: Clock = system_clock, fetcher: DocumentFetcher | None = None) -> ASGIApp:
    """The whole server. The database must be migrated; /ready says so where it is not.

    fetcher: of clients' metadata documents; None for one that resolves and trusts as this machine does.
    """
    database = Database(settings.database_url)
    services = sign_in_services(settings, database, clock)
    keyring = Keyring.from_settings(settings.encryption_keys)
    oauth = OAuthDeps.build(settings, database, keyring, services, clock, fetcher=fetcher)
    page = PageDeps.build(
        settings, database, keyring, services, clock, server_url=oauth.resource, capabilities=capabilities()
    )
    audit = Audit(database, clock)
    mcp = mcp_app(
        settings.public_url,
        Services(
            clock=clock,
            gateway=services.gateway,
            org_statuses=StoredOrgStatuses(
                services.orgs,
                services.gateway,
                clock,
                all_tools().statements(),
                {scope: all_tools().unexposed(scope) for scope in Scope},
            ),
            directory=Directory(clock),
            accounts=Accounts(clock),
            meeting_types=MeetingTypes(clock),
            types_to_book=TypesToBook(clock),
            org_days=OrgDaysCache(clock),
            pool_settings=PoolSettingsCache(clock),
            team_members=TeamMembers(clock),
            graphs=LiveGraphs(clock),
            invites=Invites.build(settings),
            signing=Signing(settings.signing_keys),
            limits=CallLimits(
                person=Limit(settings.calls_per_minute, settings.calls_at_once),
                org=Limit(settings.org_calls_per_minute, settings.org_calls_at_once),
                clock=clock,
            ),
            audit=audit,
            metrics=metrics.note_tool_call,
        ),
    )
    janitor = Janitor(database, clock, audit_kept=timedelta(days=settings.audit_retention_days))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with audit, mcp.run(), anyio.create_task_group() as tasks:
            tasks.start_soon(janitor.run)
            tasks.start_soon(services.rechecks.run)
            tasks.start_soon(services.unused_grants.run)
            yield
            tasks.cancel_scope.cancel()
        services.gateway.close()
        await database.dispose()

    async def ready(_request: Request) -> Response:
        """The database answers and is migrated. Other orgs' or Salesforce's trouble does not make us unready."""
        try:
            current = await database.is_current()
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_unreachable", error=type(error).__name__)
            current = False
        return JSONResponse({"ready": current}, 200 if current else 503)

    guarded = cors(BearerMiddleware(mcp, oauth))
    app = Starlette(
        routes=[
            *oauth_routes(oauth),
            *integration_routes(page),
            *static_routes(),
            Route(MCP_PATH, guarded),
            Route(f"{MCP_PATH}/", guarded),
            Route("/health", _health, methods=["GET"]),
            Route("/ready", ready, methods=["GET"]),
        ],
        lifespan=lifespan,
    )
    # Clients look for metadata in several places: what is not there must be a 404, not a redirect to a neighbour.
    app.router.redirect_slashes = False
    return edge(app, settings, clock, oauth.pages.wait)


def create_metrics_app() -> Starlette:
    """`/metrics` alone, for a private port."""

    async def show(_request: Request) -> Response:
        content, content_type = metrics.render()
        return Response(content, media_type=content_type)

    return Starlette(routes=[Route("/metrics", show, methods=["GET"])])


async def _health(_request: Request) -> Response:
    """The process answers; nothing more."""
    return JSONResponse({"healthy": True})
