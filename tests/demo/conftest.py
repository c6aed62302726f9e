"""A served org and server to converse with."""

from tests.support.running_server import demo_server, own_server

__all__ = ["demo_server", "own_server"]
