"""The demo's mailbox takes what the server sends, and shows it as text."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from app.demo.environment import SENDER, demo_environment
from app.demo.mailbox import MOST_MAILS
from app.demo.processes import free_port
from app.mail.notices import Notice, Notices
from app.settings import Settings

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
START_SECONDS = 30


@pytest.fixture
def ports() -> Generator[tuple[int, int]]:
    """SMTP's and the page's, of a mailbox that runs as the demo runs it."""
    smtp, page = free_port(), free_port()
    process = subprocess.Popen([sys.executable, "-m", "app.demo.mailbox", str(smtp), str(page)])
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, "the mailbox has ended"
            assert time.monotonic() < deadline, "the mailbox does not answer"
            try:
                httpx2.get(f"http://127.0.0.1:{page}/", timeout=5).raise_for_status()
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield smtp, page
    finally:
        process.terminate()
        process.wait(15)


def notices(folder: Path, smtp_port: int) -> Notices:
    """As the demo's settings say."""
    environment = demo_environment("http://127.0.0.1:8080", "http://127.0.0.1:8099", folder, smtp_port)
    values = {name.removeprefix("BOOKIT_MCP_").lower(): value for name, value in environment.items()}
    settings = Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue, reportArgumentType]
    built = Notices.build(settings)
    assert built is not None
    return built


async def test_it_shows_the_mails_the_newest_first_and_escaped(ports: tuple[int, int], tmp_path: Path) -> None:
    smtp, page = ports
    sender = notices(tmp_path, smtp)
    for number in (1, 2):
        notice = Notice(f"<b>Mail</b> {number}", (f"For <script>{number}</script> Zo\u00eb", SecretStr("K7QF-0V81")))
        await sender.send(notice, "agents@demo.example", now=NOW)
    async with httpx2.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{page}") as http:
        shown = await http.get("/")
        other_site = await http.get("/", headers={"Host": "evil.example"})
        assert (await http.get("/static/pages.css")).status_code == 200
    assert shown.text.index("&lt;b&gt;Mail&lt;/b&gt; 2") < shown.text.index("&lt;b&gt;Mail&lt;/b&gt; 1")
    assert "For &lt;script&gt;2&lt;/script&gt; Zo\u00eb" in shown.text
    assert "K7QF-0V81" in shown.text
    assert f"from {SENDER} to agents@demo.example" in shown.text
    assert "<script" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert other_site.status_code == 400, "a site that gave itself our address reads no codes"


async def test_it_keeps_the_last_hundred(ports: tuple[int, int], tmp_path: Path) -> None:
    smtp, page = ports
    sender = notices(tmp_path, smtp)
    for number in range(MOST_MAILS + 1):
        await sender.send(Notice(f"Mail {number}.", ("Text",)), "agents@demo.example", now=NOW)
    async with httpx2.AsyncClient(trust_env=False) as http:
        shown = (await http.get(f"http://127.0.0.1:{page}/")).text
    assert shown.count("<article>") == MOST_MAILS
    assert "Mail 0." not in shown
    assert "Mail 100." in shown
