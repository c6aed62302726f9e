"""Each statement on meetings stands twice: for an admin, with pools; for a user, whose scope has none."""

from typing import Literal

from app.org.caller import Scope


def statement(name: Literal["search", "detail", "count", "thin"], scope: Scope) -> str:
    """The name of the statement for that scope."""
    return f"meetings/{name}" if scope is Scope.ADMIN else f"meetings/{name}_own"
