"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from app.local_org.demo_data.options import DEFAULT_MEETINGS, DEFAULT_SEED

C = TypeVar("C", bound=Callable[..., Any])


def demo_options(command: C) -> C:
    """Adds the options that decide what is in the local org."""
    for option in (
        click.option("--bookit-version", type=click.Choice(["7", "8"]), default="8", show_default=True),
        click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Another seed: other meetings"),
        click.option("--meetings", type=click.IntRange(0), default=DEFAULT_MEETINGS, show_default=True),
    ):
        command = option(command)
    return command
