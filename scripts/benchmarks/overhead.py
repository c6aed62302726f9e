"""What our layers cost on top of the SDK: `whoami` with sign-in check and audit against a bare echo tool.

Both servers run on the first core, one at a time under load, in rounds that alternate; this process drives from the
last core. Prints both rates and `ratio: N` (ours / the SDK's; 0.5 or better is wanted).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from statistics import median

from app.demo.processes import OrgOptions, free_port, running
from scripts.benchmarks.load import Load, drive
from scripts.benchmarks.mcp_calls import UNLIMITED, access_token, body, headers
from scripts.benchmarks.starting import wait_for

MUST_HOLD = {"whoami": b'"scope":"user"', "echo": b'"hello"'}


async def _measure(server_url: str, echo_url: str, options: argparse.Namespace) -> tuple[list[Load], list[Load]]:
    token = await access_token(server_url)
    ours: list[Load] = []
    floor: list[Load] = []
    for round_number in range(options.rounds + 1):
        pair = [
            await drive(
                f"{url}/mcp",
                headers(tool, bearer),
                body(tool, arguments),
                connections=options.connections,
                seconds=options.seconds,
                must_hold=MUST_HOLD[tool],
            )
            for url, tool, arguments, bearer in (
                (echo_url, "echo", '{"text":"hello"}', None),
                (server_url, "whoami", "{}", token),
            )
        ]
        if round_number:  # the first warms both up
            floor.append(pair[0])
            ours.append(pair[1])
    return ours, floor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()

    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0]})  # the servers inherit it
    echo_port = free_port()
    echo = subprocess.Popen([sys.executable, "-m", "scripts.benchmarks.echo_server", str(echo_port)])
    try:
        with running(
            OrgOptions(datetime.now(UTC), 7, 200, 8), server_port=None, org_port=None, settings=UNLIMITED
        ) as demo:
            wait_for(echo_port)
            os.sched_setaffinity(0, {cores[-1]})
            ours, floor = asyncio.run(_measure(demo.server_url, f"http://127.0.0.1:{echo_port}", options))
    finally:
        echo.terminate()
        echo.wait()
    for name, loads in (("bare SDK echo", floor), ("whoami", ours)):
        rates = [load.per_second for load in loads]
        times = [load.median_ms for load in loads]
        print(f"{name:>14}: {median(rates):7.0f} calls/s  ({min(rates):.0f}-{max(rates):.0f}), {median(times):.2f} ms")
    ratios = sorted(mine.per_second / bare.per_second for mine, bare in zip(ours, floor, strict=True))
    print(f"ratio: {median(ratios):.2f}")


if __name__ == "__main__":
    main()
