"""`serve` and `migrate`: the server and its database."""

from __future__ import annotations

import asyncio

import click
import uvicorn
import uvloop

from app.cli.settings import read_settings
from app.edge.listening import listening
from app.logs import configure_logging
from app.server import create_app, create_metrics_app
from app.store.database import migrate as migrate_database


@click.command()
def serve() -> None:
    """Serve MCP clients (and /metrics on a port of its own, if BOOKIT_MCP_METRICS_PORT is set).

    The database must be migrated; /ready answers 503 until it is. At SIGTERM it takes no new requests and ends those
    that are under way.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    servers = [uvicorn.Server(listening(create_app(settings), host=settings.host, port=settings.port))]
    if settings.metrics_port is not None:
        config = listening(create_metrics_app(), host=settings.host, port=settings.metrics_port)
        servers.append(uvicorn.Server(config))

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for server in servers:
                group.create_task(server.serve())

    uvloop.run(run())


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema. Safe to repeat."""
    migrate_database(read_settings().database_url)
    click.echo("The database is at the newest schema.")
