"""A login at Salesforce for the command line: the browser comes back to a port of this computer (RFC 8252).

`http://localhost:1717/oauth/callback` is among the External Client App's callbacks beside the server's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from urllib.parse import parse_qs, urlsplit

from app.signin.exchange import tokens_of
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.salesforce import SalesforceLogin, SalesforceTokens
from app.store.secrets import new_token

PORT = 1717
CALLBACK_PATH = "/oauth/callback"
REDIRECT_URI = f"http://localhost:{PORT}{CALLBACK_PATH}"
PATIENCE_SECONDS = 600

Visit = Callable[[str, str], Awaitable[str]]
"""Goes to a URL, signs in there, and returns the URL, beginning with the second argument, that it is sent to then."""


async def loopback_login(
    login: SalesforceLogin, login_origin: str, *, visit: Visit | None = None, show: Callable[[str], None] = print
) -> SalesforceTokens:
    """The tokens of whoever signs in. Raises SignInRefused; UntrustedHost; OSError when the port is taken.

    visit: fills in the login form over HTTP (the local org's; never ask a person for a Salesforce password). Without
    it the URL is shown, for a person to open in a browser on this computer.
    """
    if visit is not None and not login.is_local_org(login_origin):
        raise SignInRefused(RefusalKind.MISCONFIGURED, "A password is filled in at the local org only. Use a browser.")
    state, verifier = new_token(), new_token()
    url = login.authorization_url(
        login_origin, redirect_uri=REDIRECT_URI, state=state.get_secret_value(), verifier=verifier
    )
    answer = await (visit(url, REDIRECT_URI) if visit is not None else _wait_for_browser(url, show))
    params = {name: values[0] for name, values in parse_qs(urlsplit(answer).query).items()}
    if not compare_digest(params.get("state", "").encode(), state.get_secret_value().encode()):
        raise SignInRefused(RefusalKind.EXPIRED)
    return await tokens_of(login, login_origin, params, redirect_uri=REDIRECT_URI, verifier=verifier)


async def _wait_for_browser(url: str, show: Callable[[str], None]) -> str:
    """The path and query of the first request to our callback. Raises SignInRefused after 10 minutes."""
    arrived: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readline()).decode("latin-1").split(" ")
        is_callback = len(target) == 3 and target[0] == "GET" and target[1].startswith(f"{CALLBACK_PATH}?")
        if is_callback and not arrived.done():
            arrived.set_result(target[1])
        text = "You can close this page and go back to the command line." if is_callback else "Not found."
        writer.write(
            f"HTTP/1.1 {'200 OK' if is_callback else '404 Not Found'}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "localhost", PORT)
    async with server:
        show(f"Open this page in a browser on this computer and sign in:\n\n{url}\n")
        try:
            return await asyncio.wait_for(arrived, PATIENCE_SECONDS)
        except TimeoutError:
            raise SignInRefused(RefusalKind.EXPIRED) from None
