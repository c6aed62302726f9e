"""Clients that are no dependency of ours. `scripts/check_clients` installs them and runs these tests."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.local_org import RunningLocalOrg

CLIENTS = os.environ.get("CLIENTS", "")
"""A folder with `venv` (aiosalesforce) and `node_modules` (jsforce)."""

pytestmark = pytest.mark.skipif(not CLIENTS, reason="run scripts/check_clients")

HERE = Path(__file__).parent
DELETED = ["ENTITY_IS_DELETED", "entity is deleted"]


def a_day_of(running: RunningLocalOrg, *command: str) -> dict[str, Any]:
    running.org.load("Contact", [{"LastName": f"Contact {n}"} for n in range(2100)])
    token = running.sign_in("admin@demo.example")["access_token"]
    environment = {**os.environ, "ORG_URL": running.url, "ACCESS_TOKEN": token}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_aiosalesforce_does_its_everyday_work(running_local_org: RunningLocalOrg) -> None:
    done = a_day_of(running_local_org, f"{CLIENTS}/venv/bin/python", str(HERE / "aiosalesforce_day.py"))
    assert done == {
        "version": "60.0",
        "read": "Acme Corp",
        "upserted": True,
        "again": False,
        "queried": ["Acme Corp"],
        "paged": 2100,
        "composite": [True, 2],
        "batch": [True, ["Acme Corp", "Batched", "Other"]],
        "limits": True,
        "deleted": DELETED,
    }


def test_jsforce_does_its_everyday_work(running_local_org: RunningLocalOrg) -> None:
    assert a_day_of(running_local_org, "node", str(HERE / "jsforce_day.mjs")) == {
        "identity": "admin@demo.example",
        "read": "Acme Corp",
        "upserted": True,
        "again": False,
        "found": ["Acme Corp"],
        "paged": 2100,
        "collection": [True, True, "REQUIRED_FIELD_MISSING"],
        "described": True,
        "global": True,
        "versions": 36,
        "limits": True,
        "deleted": DELETED,
        "refused": "INVALID_FIELD",
        "search": "EMULATOR_UNSUPPORTED",
    }
