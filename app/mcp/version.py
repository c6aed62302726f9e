"""The version that the server tells its clients."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("bookit-mcp")
