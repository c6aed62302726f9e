"""Settings for a command: complete, or a message that names what is missing."""

from __future__ import annotations

import click
from pydantic import ValidationError

from app.settings import Settings


def read_settings() -> Settings:
    """From the environment and `.env`. Ends the command with exit code 1 where they are not complete."""
    try:
        return settings_or_error()
    except ValidationError as error:
        raise click.ClickException("The settings are not complete:\n" + "\n".join(setting_problems(error))) from None


def settings_or_error() -> Settings:
    """Raises ValidationError."""
    return Settings()  # pyright: ignore[reportCallIssue] (the environment gives the values)


def setting_problems(error: ValidationError) -> list[str]:
    """One line a setting, by its variable; never its value, which may be a secret."""
    return [
        f"BOOKIT_MCP_{'_'.join(map(str, item['loc'])).upper() or '*'}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors(include_input=False, include_url=False)
    ]
