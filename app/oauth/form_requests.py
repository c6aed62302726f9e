"""What a client posts, put into the one form that the SDK's handlers read."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.types import Message

from app.oauth.client_auth import basic_credentials

FORM = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """Not a request of OAuth's form. The message may be shown to the client."""


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """The posted fields. Raises BadForm for another content type and for a field that stands twice (RFC 6749 3.2);
    `resource` may (RFC 8707 section 2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadForm(f"The content type must be {FORM}.")
    fields = [(name, str(value)) for name, value in (await request.form()).multi_items()]
    names = [name for name, _ in fields if name != "resource"]
    if len(names) != len(set(names)):
        raise BadForm("A parameter stands twice.")
    if any("\0" in value for _, value in fields):
        raise BadForm("A parameter holds a NUL, which no parameter may (RFC 6749, appendix A).")
    if "client_id" not in names:
        # With Basic the id need not be in the body; the SDK wants it there.
        credentials = basic_credentials(request)
        if credentials is not None:
            fields.append(("client_id", credentials[0]))
    return fields


def with_fields(request: Request, fields: list[tuple[str, str]]) -> Request:
    """The same request with these fields as its body."""
    return with_body(request, urlencode(fields).encode())


def with_body(request: Request, body: bytes) -> Request:
    """The same request with another body."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)
