"""Waiting until a server process of a benchmark answers."""

from __future__ import annotations

import time

import httpx2


def wait_for(port: int) -> None:
    """Until anything answers at the port of this machine; raises RuntimeError after half a minute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/", timeout=5)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers at port {port}")
