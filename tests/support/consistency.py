"""What `bookit-mcp doctor --org` would find, without its command line."""

from __future__ import annotations

from app.bookit.actions.consistency import inconsistencies
from app.bookit.actions.consistency_reading import read_written
from app.clock import system_clock
from app.server import sign_in_services
from app.store.database import Database
from tests.support.running_server import RunningServer, apart

DAYS = 60


def problems_of(server: RunningServer) -> list[str]:
    """The inconsistencies of its org; its clock must be at the real time."""

    async def look() -> list[str]:
        database = Database(server.settings.database_url)
        services = sign_in_services(server.settings, database)
        try:
            reader = services.gateway.as_org_connection(server.org.org.info.org_id)
            return inconsistencies(await read_written(reader, system_clock(), DAYS))
        finally:
            services.gateway.close()
            await database.dispose()

    return apart(look)
