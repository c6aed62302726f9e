"""What is changed at once rather than armed: the API count, the clock, sessions, grants, the app's state."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SetUsage(_Change):
    """Sets the API requests of the last 24 hours, by share of the daily limit or by number, and the limit itself."""

    kind: Literal["api_usage"]
    share: float | None = Field(default=None, ge=0, le=1, description="0.95: 95 % of the limit is used")
    used: int | None = Field(default=None, ge=0)
    limit: int | None = Field(default=None, ge=1, description="the daily limit from now on")

    @model_validator(mode="after")
    def _one_way(self) -> SetUsage:
        if self.share is not None and self.used is not None:
            raise ValueError("give share or used, not both")
        if self.share is None and self.used is None and self.limit is None:
            raise ValueError("give share, used or limit")
        return self


class MoveClock(_Change):
    """Moves the org's clock: on by seconds (back when negative), to an instant, or back to the real one."""

    kind: Literal["clock"]
    advance_seconds: float | None = None
    now: AwareDatetime | None = Field(default=None, description="RFC 3339 with an offset; the clock goes on from there")
    reset: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> MoveClock:
        if [self.advance_seconds is not None, self.now is not None, self.reset].count(True) != 1:
            raise ValueError("give one of advance_seconds, now and reset")
        return self


class EndSessions(_Change):
    """Ends access tokens, of one user or of all, and leaves the grants."""

    kind: Literal["end_sessions"]
    user: str | None = Field(default=None, description="username; absent: everybody")


class EndGrants(_Change):
    """Revokes grants with all their tokens, of one user or of all."""

    kind: Literal["end_grants"]
    user: str | None = Field(default=None, description="username; absent: everybody")


class ChangeApp(_Change):
    """Changes the External Client App's state in this org; what is absent stays."""

    kind: Literal["app"]
    installed: bool | None = None
    blocked: bool | None = None
    permitted_users: Literal["AllSelfAuthorized", "AdminApprovedPreAuthorized"] | None = None
    pre_authorized: tuple[str, ...] | None = Field(default=None, description="names of permission sets")
    named_user_jwt: bool | None = Field(default=None, description="access tokens are JWTs from now on")
    session_timeout_seconds: float | None = Field(default=None, gt=0)


Change = SetUsage | MoveClock | EndSessions | EndGrants | ChangeApp

CHANGES: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="kind")])
"""Reads one change of JSON. Raises pydantic's ValidationError."""

CHANGE_KINDS: tuple[type[_Change], ...] = (SetUsage, MoveClock, EndSessions, EndGrants, ChangeApp)
