"""The demo's mail: an SMTP server on loopback that delivers to nobody, and a page that shows what it was given.

A process of its own: `python -m app.demo.mailbox SMTP_PORT PAGE_PORT`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Final, cast

import click
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.web.pages import STYLESHEET, static_routes

HOST: Final = "127.0.0.1"
MOST_MAILS: Final = 100
MOST_BYTES: Final = 1_000_000

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string("""\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Mail of the BookIt MCP demo</title>
  <link rel="stylesheet" href="{{ stylesheet }}">
</head>
<body>
<main>
  <h1>Mail of the demo</h1>
  <p class="note">What the server has sent, the newest first. It was delivered to nobody. Reload for more.</p>
  {% for mail in mails %}
  <article>
    <h2>{{ mail.subject }}</h2>
    <p class="note">{{ mail.date }}, from {{ mail.sender }} to {{ mail.recipients | join(", ") }}</p>
    <pre>{{ mail.text }}</pre>
  </article>
  {% else %}
  <p>None yet.</p>
  {% endfor %}
</main>
</body>
</html>
""")


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as the page shows it: its text form alone."""

    sender: str
    recipients: Sequence[str]
    subject: str
    date: str
    text: str


class Mailbox:
    """The last hundred mails. In memory: they go with the demo."""

    def __init__(self) -> None:
        self.mails: deque[CaughtMail] = deque(maxlen=MOST_MAILS)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook: a message has come."""
        message = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        body = message.get_body(("plain",))
        self.mails.appendleft(
            CaughtMail(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                subject=str(message["subject"] or ""),
                date=str(message["date"] or ""),
                text=body.get_content() if body is not None else "",
            )
        )
        return "250 OK"

    def page(self) -> Starlette:
        """The page, for browsers that name loopback: the mails hold codes, and other sites must not reach them."""

        async def show(_request: Request) -> Response:
            return HTMLResponse(_PAGE.render(mails=self.mails, stylesheet=STYLESHEET), headers=_HEADERS)

        trusted = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=[Route("/", show, methods=["GET"]), *static_routes()], middleware=[trusted])


async def serve(smtp_port: int, page_port: int) -> None:
    """Catches mail and shows it, until it is stopped."""
    mailbox = Mailbox()
    smtp = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, hostname="mail.demo.example", data_size_limit=MOST_BYTES), HOST, smtp_port
    )
    config = uvicorn.Config(mailbox.page(), host=HOST, port=page_port, log_level="warning", server_header=False)
    async with smtp:
        await uvicorn.Server(config).serve()


@click.command()
@click.argument("smtp_port", type=int)
@click.argument("page_port", type=int)
def main(smtp_port: int, page_port: int) -> None:
    """Catch mail on one port of loopback, and show it on another."""
    asyncio.run(serve(smtp_port, page_port))


if __name__ == "__main__":
    main()
