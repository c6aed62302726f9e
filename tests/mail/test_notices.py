"""Notices: both forms say the same, nothing in them is obeyed, and plain ones go as they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from app.mail.mailer import MailError, SmtpMailer, SmtpServer
from app.mail.notices import Notice, Notices
from tests.support.mail_server import MailServer, Received, mail_server

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
SENDER, RECIPIENT = "bookit@leandata.example", "admin@acme.example"
CODE = "K7QF-0V81-M2RS-94GD-TWZ1"


def notices(port: int) -> Notices:
    server = SmtpServer("127.0.0.1", port, "none", None, None, 5, "mcp.example")
    return Notices(SmtpMailer(server), SENDER, "mcp.example")


async def received(notice: Notice) -> Received:
    async with mail_server(MailServer()) as server:
        await notices(server.port).send(notice, RECIPIENT, now=NOW)
    (mail,) = server.received
    return mail


def form(mail: Received, kind: str) -> str:
    part = mail.message.get_body((kind,))
    assert part is not None
    return part.get_content()


async def test_both_forms_hold_every_paragraph_in_order() -> None:
    mail = await received(Notice("Your code", ("First. " * 30, SecretStr(CODE), "Last, at https://mcp.example/mcp.")))
    for kind in ("plain", "html"):
        words = " ".join(re.sub("<[^>]*>", " ", form(mail, kind)).split())
        assert "First. First." in words
        assert words.index("First.") < words.index(CODE) < words.index("Last, at https://mcp.example/mcp.")


async def test_the_code_stands_alone_on_its_line_and_whole_on_the_wire() -> None:
    mail = await received(Notice("Your code", ("Here it is, at length: " * 9, SecretStr(CODE))))
    assert f"    {CODE}" in form(mail, "plain").splitlines()
    assert mail.content.count(CODE.encode()) == 2, "once in each form, in one piece"
    assert max(map(len, mail.content.splitlines())) <= 78


async def test_the_head_is_of_the_server_and_asks_for_no_answer() -> None:
    message = (await received(Notice("Your code", ("Text",)))).message
    assert (message["from"], message["to"], message["subject"]) == (SENDER, RECIPIENT, "Your code")
    assert message["auto-submitted"] == "auto-generated"
    assert message["message-id"].endswith("@mcp.example>")
    assert message["date"].datetime == NOW


async def test_what_an_org_calls_itself_is_no_html_and_no_header() -> None:
    name = "<script>x</script> & Zo\u00eb\r\nBcc: evil@x.example"
    mail = await received(Notice(f"About {name}", (f"In {name}.",)))
    assert "<script" not in form(mail, "html")
    assert "&lt;script&gt;x&lt;/script&gt; &amp; Zo\u00eb" in form(mail, "html")
    assert "<script>x</script> & Zo\u00eb" in form(mail, "plain")
    assert mail.message["bcc"] is None
    assert mail.recipients == (RECIPIENT,)


async def test_what_is_not_taken_is_an_error() -> None:
    async with mail_server(MailServer(refused={RECIPIENT: "550 5.1.1 no"})) as server:
        with pytest.raises(MailError, match="refused the recipient"):
            await notices(server.port).send(Notice("Your code", ("Text",)), RECIPIENT, now=NOW)
