"""The janitor deletes what is past its time, nothing else, and alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.store.audit import Audit
from app.store.authorizations import Authorizations
from app.store.clients import Clients
from app.store.codes import CodeReused, Codes
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.janitor import INTERVAL, LEASE, Janitor
from app.store.leases import Leases
from app.store.sign_ins import SignIns
from app.store.tables import AccessTokenRow, AuditRow, Base, RefreshTokenRow
from app.store.tokens import Tokens
from tests.store.conftest import FakeClock
from tests.store.people import ORG, REQUEST, person, sign_in
from tests.store.test_audit import CALL

pytestmark = pytest.mark.anyio

AUDIT_KEPT = timedelta(days=365)
SECOND = timedelta(seconds=1)


@pytest.fixture
def janitor(database: Database, clock: FakeClock) -> Janitor:
    return Janitor(database, clock, audit_kept=AUDIT_KEPT)


async def count(database: Database, table: type[Base]) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def sweep(janitor: Janitor) -> dict[str, int]:
    deleted = await janitor.sweep()
    assert deleted is not None
    return {table: rows for table, rows in deleted.items() if rows}


async def test_what_still_has_its_time_stays(
    janitor: Janitor, database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    codes, tokens = Codes(database, clock), Tokens(database, clock)
    await Clients(database, clock).save(REQUEST.client_id, {})
    await Authorizations(database, keyring, clock).add(REQUEST)
    await codes.issue(REQUEST, person())
    await sign_in(codes, tokens)
    async with Audit(database, clock).write(CALL):
        pass
    assert await sweep(janitor) == {}


async def test_pending_requests_go_after_ten_minutes(
    janitor: Janitor, database: Database, keyring: Keyring, clock: FakeClock
) -> None:
    await Authorizations(database, keyring, clock).add(REQUEST)
    clock.move(timedelta(minutes=10))
    assert await sweep(janitor) == {"authorizations": 1}


async def test_tokens_go_when_they_expire_and_the_sign_in_with_its_last_one(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    issued = await sign_in(Codes(database, clock), Tokens(database, clock))
    clock.move(timedelta(hours=1))
    assert await sweep(janitor) == {"access_tokens": 1}
    assert await count(database, AccessTokenRow) == 0
    clock.move(timedelta(days=1))
    assert await sweep(janitor) == {"authorization_codes": 1}
    assert await count(database, RefreshTokenRow) == 1
    clock.move(timedelta(days=30))
    assert await sweep(janitor) == {"refresh_tokens": 1, "sign_ins": 1}
    assert await SignIns(database, clock).find(issued.record.family_id) is None


async def test_a_used_code_is_kept_for_a_day_so_that_its_second_use_is_recognised(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    codes = Codes(database, clock)
    code = await codes.issue(REQUEST, person())
    assert await codes.take(code) is not None
    clock.move(timedelta(days=1))
    await sweep(janitor)
    with pytest.raises(CodeReused):
        await codes.take(code)


async def test_an_ended_sign_in_stays_listed_for_thirty_days(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    issued = await sign_in(Codes(database, clock), Tokens(database, clock))
    await Tokens(database, clock).revoke_org(ORG, because="org_disabled")
    clock.move(timedelta(days=30) - SECOND)
    await sweep(janitor)
    assert await SignIns(database, clock).find(issued.record.family_id) is not None
    clock.move(SECOND)
    assert await sweep(janitor) == {"sign_ins": 1}


async def test_a_client_goes_when_nobody_used_it_for_ninety_days(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    clients = Clients(database, clock)
    await clients.save("forgotten", {})
    await clients.save(REQUEST.client_id, {})
    clock.move(timedelta(days=80))
    await sign_in(Codes(database, clock), Tokens(database, clock))
    clock.move(timedelta(days=10))
    await sweep(janitor)
    assert await clients.find("forgotten") is None
    assert await clients.find(REQUEST.client_id) is not None


async def test_audit_rows_go_after_the_set_time(janitor: Janitor, database: Database, clock: FakeClock) -> None:
    async with Audit(database, clock).write(CALL):
        pass
    clock.move(AUDIT_KEPT - SECOND)
    assert await sweep(janitor) == {}
    clock.move(SECOND)
    assert await sweep(janitor) == {"audit": 1}


async def test_more_rows_than_a_batch_all_go(janitor: Janitor, database: Database, clock: FakeClock) -> None:
    async with database.session() as session:
        session.add_all(
            AuditRow(
                audit_id=str(number),
                request_id="r",
                org_id=ORG,
                actor="a",
                client_id="c",
                scope="user",
                tool="whoami",
                arguments_digest="",
                outcome="ok",
                at=clock.now,
            )
            for number in range(2001)
        )
    clock.move(AUDIT_KEPT)
    assert await sweep(janitor) == {"audit": 2001}


async def test_a_lease_past_its_time_goes_and_the_janitors_own_is_released(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    leases = Leases(database, clock)
    await leases.acquire("refresh", "died", SECOND)
    clock.move(SECOND)
    assert await sweep(janitor) == {"leases": 1}
    assert await leases.acquire(LEASE, "next", SECOND)


async def test_while_another_process_sweeps_this_one_does_not(
    janitor: Janitor, database: Database, clock: FakeClock
) -> None:
    await Leases(database, clock).acquire(LEASE, "another", SECOND)
    assert await janitor.sweep() is None


async def test_only_one_of_many_processes_has_its_turn_within_ten_minutes(
    janitor: Janitor, open_another: Callable[[], Database], clock: FakeClock
) -> None:
    others = [Janitor(open_another(), clock, audit_kept=AUDIT_KEPT) for _ in range(3)]
    assert await janitor.take_turn() is not None
    clock.move(INTERVAL - SECOND)
    assert [await other.take_turn() for other in (*others, janitor)] == [None] * 4
    clock.move(SECOND)
    assert [await other.take_turn() is not None for other in (*others, janitor)] == [True, False, False, False]
