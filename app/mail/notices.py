"""Short mails of the server's own, in plain text and in simple HTML. Not for what a person typed as the whole of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from html import escape
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.mail.mailer import Mail, Mailer, smtp_mailer
from app.mail.plain import header_text
from app.settings import Settings

COLUMNS: Final = 76
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<body style="font: 16px/1.5 sans-serif; max-width: 36em">
{paragraphs}
</body>
</html>
"""
_PARAGRAPH: Final = "<p>{}</p>"
_SHOWN: Final = '<p style="font: bold 20px monospace">{}</p>'


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail: its paragraphs in order. One that is a secret stands out, as what is to be copied."""

    subject: str
    paragraphs: Sequence[str | SecretStr]


@dataclass(frozen=True, slots=True)
class Notices:
    """Sends notices. sender: the address that they come from. domain: the second half of their ids."""

    mailer: Mailer
    sender: str
    domain: str

    @classmethod
    def build(cls, settings: Settings) -> Notices | None:
        """As the settings say; None where there is no mail server. Opens no connection."""
        if settings.smtp_host is None or settings.smtp_sender is None:
            return None
        domain = urlsplit(settings.public_url).hostname or "localhost"
        return cls(smtp_mailer(settings, settings.smtp_host), settings.smtp_sender, domain)

    async def send(self, notice: Notice, recipient: str, *, now: datetime) -> None:
        """Sends it to one usable address (app.email_address). Raises MailError when the mail server did not take it."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = recipient
        message["Subject"] = header_text(notice.subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=self.domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers it
        message.set_content("\n\n".join(map(_text, notice.paragraphs)) + "\n")
        message.add_alternative(_PAGE.format(paragraphs="\n".join(map(_html, notice.paragraphs))), subtype="html")
        await self.mailer.send([Mail(sender=self.sender, recipient=recipient, message=message)])


def _text(paragraph: str | SecretStr) -> str:
    return f"    {paragraph.get_secret_value()}" if isinstance(paragraph, SecretStr) else _wrapped(paragraph)


def _html(paragraph: str | SecretStr) -> str:
    if isinstance(paragraph, SecretStr):
        return _SHOWN.format(escape(paragraph.get_secret_value()))
    return _wrapped(_PARAGRAPH.format(escape(paragraph)))


def _wrapped(text: str) -> str:
    """Lines that go as they are (RFC 5322 section 2.1.1), unless a word is longer: nothing in them is encoded then."""
    return textwrap.fill(text, COLUMNS, break_long_words=False, break_on_hyphens=False)
