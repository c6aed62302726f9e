"""The authorization server in front of a small org, as the tests of its endpoints have it."""

from tests.oauth.conftest import own_server, server

__all__ = ["own_server", "server"]
