"""A server behind what is deployed in front of it."""

from tests.support.running_server import demo_server

__all__ = ["demo_server"]
