"""`serve` and `migrate`: the server and its database."""

from __future__ import annotations

import asyncio
from typing import Any

import click
import uvicorn
import uvloop

from app.cli.settings import read_settings
from app.logs import configure_logging
from app.server import create_app, create_metrics_app
from app.store.database import migrate as migrate_database

STOP_SECONDS = 30
"""For requests that are under way when the server is told to stop. An action's few calls take less."""


@click.command()
def serve() -> None:
    """Serve MCP clients (and /metrics on a port of its own, if BOOKIT_MCP_METRICS_PORT is set).

    The database must be migrated; /ready answers 503 until it is. At SIGTERM it takes no new requests and ends those
    that are under way.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    options: dict[str, Any] = {
        "host": settings.host,
        "http": "h11",  # httptools leaves white space at the end of header values, which clients may send
        "log_config": None,
        "access_log": False,  # a URL can hold an authorization code; our own log lines say what happened
        "server_header": False,
        "timeout_graceful_shutdown": STOP_SECONDS,
    }
    servers = [uvicorn.Server(uvicorn.Config(create_app(settings), port=settings.port, **options))]
    if settings.metrics_port is not None:
        servers.append(uvicorn.Server(uvicorn.Config(create_metrics_app(), port=settings.metrics_port, **options)))

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
