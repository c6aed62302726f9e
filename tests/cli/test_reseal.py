"""`bookit-mcp reseal`: after it the old key is not needed any more."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.cli.conftest import Shell
from tests.cli.test_serve_and_migrate import settings
from tests.support.running_server import RunningServer, apart
from tests.support.sign_in_server import KEY

NEW_KEY = base64.b64encode(b"n" * 32).decode()
OLD, BOTH, NEW = f"k1:{KEY}", f"k2:{NEW_KEY},k1:{KEY}", f"k2:{NEW_KEY}"


async def sign_in(server: RunningServer) -> None:
    async with server.signed_in("rep1"):
        pass


def test_the_old_key_can_go_after_it_and_not_before(shell: Shell, own_server: RunningServer) -> None:
    apart(lambda: sign_in(own_server))
    early = shell("reseal", server=own_server, settings={"ENCRYPTION_KEYS": NEW})
    assert (early.exit_code, early.stdout) == (1, "")
    assert "'k1'" in early.stderr
    assert "back into the ring" in early.stderr

    for count in (2, 0):  # the org connection and the rep, and then nothing more
        result = shell("reseal", server=own_server, settings={"ENCRYPTION_KEYS": BOTH})
        assert (result.exit_code, result.stdout) == (0, f"{count} grants were sealed anew; all are under k2 now.\n")

    doctor = shell("doctor", server=own_server, settings={"ENCRYPTION_KEYS": NEW})
    assert doctor.exit_code == 0, doctor.stdout
    assert "the org connection works" in doctor.stdout
    assert shell("doctor", server=own_server, settings={"ENCRYPTION_KEYS": OLD}).exit_code == 1


def test_it_shows_no_key(shell: Shell, tmp_path: Path) -> None:
    values = settings(tmp_path)
    assert shell("migrate", settings=values).exit_code == 0
    result = shell("reseal", settings=values | {"ENCRYPTION_KEYS": BOTH})
    assert result.exit_code == 0
    assert KEY not in result.output
    assert NEW_KEY not in result.output
