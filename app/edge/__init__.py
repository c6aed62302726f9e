"""What stands between the network and every endpoint: pure ASGI, put together in `edge.py`."""
