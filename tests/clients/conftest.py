"""The real server on a socket, shared."""

from tests.support.running_server import demo_server

__all__ = ["demo_server"]
