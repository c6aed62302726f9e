"""Real servers on real sockets, shared where nothing is changed."""

from tests.support.running_server import demo_server, own_server

__all__ = ["demo_server", "own_server"]
