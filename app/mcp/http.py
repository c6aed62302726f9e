"""/mcp over HTTP: streamable HTTP without sessions, JSON bodies, both protocol eras. Who calls decides which server."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from app.edge.hosts import PublicHosts
from app.mcp.call import Services
from app.mcp.current_caller import caller_in
from app.mcp.registry import Registry, all_tools
from app.mcp.servers import build_server
from app.org.caller import Scope


class McpApp:
    """The ASGI app of /mcp. It must stand behind the bearer middleware, and inside `run()`."""

    def __init__(self, public_url: str, registry: Registry, services: Services) -> None:
        security = transport_security(public_url)
        self._managers = {
            scope: StreamableHTTPSessionManager(
                build_server(scope, registry, services), json_response=True, stateless=True, security_settings=security
            )
            for scope in Scope
        }

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None]:
        """For the lifespan of the application around it; once."""
        async with AsyncExitStack() as stack:
            for manager in self._managers.values():
                await stack.enter_async_context(manager.run())
            yield

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            # No session to end, no stream to listen on: a stateless server has POST alone.
            await Response(status_code=405, headers={"Allow": "POST"})(scope, receive, send)
            return
        await self._managers[caller_in(scope).scope].handle_request(scope, receive, send)


def mcp_app(public_url: str, services: Services, registry: Registry | None = None) -> McpApp:
    """The app with every tool, or with those of another registry. public_url: an origin, which clients connect to."""
    return McpApp(public_url, registry if registry is not None else all_tools(), services)


def transport_security(public_url: str) -> TransportSecuritySettings:
    """Only the public host, and only pages of the public origin, get through (a page elsewhere could rebind DNS).

    The host has been checked before (app.edge.hosts), with the same list; here the origin is.
    """
    ours = PublicHosts(public_url)
    return TransportSecuritySettings(allowed_hosts=ours.hosts, allowed_origins=ours.origins)
