"""The browser of the demo: goes where forms lead, and says what a page says when there is no way on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from urllib.parse import parse_qsl

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.demo.browser import SignInRefused, walk_through

pytestmark = pytest.mark.anyio

LOGIN = (
    '<html><head><title>Nowhere</title></head><body><p>{}</p><form method="post" action="/login">'
    '<input type="hidden" name="token" value="a&amp;b"><input name="username"><input type="password" name="pw">'
    '<input type="checkbox" name="remember" value="1"><button name="decision" value="allow">Log in</button>'
    '<button name="decision" value="deny">Cancel</button></form></body></html>'
)


async def _login(request: Request) -> Response:
    if request.method == "GET":
        return HTMLResponse(LOGIN.format("Welcome"))
    given = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    if given == {"token": "a&b", "username": "rep1", "pw": "right", "decision": "allow"}:
        return RedirectResponse("http://client.example/callback?code=c", 302)
    return HTMLResponse(LOGIN.format(f"Wrong: {sorted(given)}"), 401)


async def _round(_request: Request) -> Response:
    return RedirectResponse("/round", 302)


async def _refused(_request: Request) -> Response:
    return HTMLResponse("<head><title>x</title></head><h1>No</h1><script>1</script><p>Ask an admin.</p>", 403)


@pytest.fixture(scope="module")
def site() -> Generator[str]:
    routes = [
        Route("/login", _login, methods=["GET", "POST"]),
        Route("/round", _round),
        Route("/refused", _refused),
    ]
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), http="h11", log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


async def test_a_form_is_filled_in_and_its_first_button_pressed(site: str) -> None:
    answers = {"username": "rep1", "pw": "right"}
    target = await walk_through(f"{site}/login", "http://client.example/callback", answers)
    assert target == "http://client.example/callback?code=c"


async def test_a_wrong_password_is_tried_once(site: str) -> None:
    with pytest.raises(SignInRefused) as refusal:
        await walk_through(f"{site}/login", "http://client.example/", {"username": "rep1", "pw": "wrong"})
    assert str(refusal.value).startswith("Wrong: ['decision', 'pw', 'token', 'username']")


async def test_a_page_without_a_form_is_a_refusal_in_its_own_words(site: str) -> None:
    with pytest.raises(SignInRefused) as refusal:
        await walk_through(f"{site}/refused", "http://client.example/", {})
    assert str(refusal.value) == "No Ask an admin."


async def test_a_site_that_goes_round_is_left(site: str) -> None:
    with pytest.raises(SignInRefused, match="did not end after 20 pages"):
        await walk_through(f"{site}/round", "http://client.example/", {})
