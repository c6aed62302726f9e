"""Every process shows what the last check of an org found, also when another process made it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app import metrics
from app.store.tables import OrgRow
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


def shown(server: SignInServer) -> str | None:
    """The metric's value; None: there is no such series."""
    line = f'bookit_org_healthy{{org_id="{server.people.org_id}"}} '
    return next(
        (each.removeprefix(line) for each in metrics.render()[0].decode().splitlines() if each.startswith(line)), None
    )


async def written_by_another(server: SignInServer, **values: object) -> None:
    async with server.database.session() as session:
        await session.execute(update(OrgRow).values(**values))


async def test_what_another_process_found_is_shown(server: SignInServer) -> None:
    assert await server.services.rechecks.sweep() == ()  # nothing is due
    assert shown(server) == "1.0"
    await written_by_another(server, connection_lost_at=server.clock())
    await server.services.rechecks.sweep()
    assert shown(server) == "0.0"
    await written_by_another(server, connection_lost_at=None)
    await server.services.rechecks.sweep()
    assert shown(server) == "1.0"


async def test_an_org_that_another_process_turned_off_has_no_series_any_more(server: SignInServer) -> None:
    await server.services.rechecks.sweep()
    await written_by_another(server, disabled_at=server.clock())
    await server.services.rechecks.sweep()
    assert shown(server) is None
