"""A parsed JSON value."""

from typing import Any

Json = Any
"""dict, list, str, int, float, bool or None."""
