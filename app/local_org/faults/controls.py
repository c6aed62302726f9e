"""The changes that are made at once, applied to the parts of a running org."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.clock import Clock
from app.local_org.faults.admin import FaultRefused
from app.local_org.faults.changes import Change, ChangeApp, EndGrants, EndSessions, MoveClock, SetUsage
from app.local_org.faults.clock import OrgClock
from app.local_org.oauth.directory import Directory
from app.local_org.oauth.external_client_app import AppInOrg, PermittedUsers
from app.local_org.oauth.tokens import Tokens
from app.local_org.rest.usage import ApiUsage


@dataclass(frozen=True, slots=True)
class OrgControls:
    """clock: an OrgClock, if it is to be moved."""

    app: AppInOrg
    tokens: Tokens
    directory: Directory
    usage: ApiUsage
    clock: Clock

    def apply(self, change: Change) -> None:
        """Raises FaultRefused for a user who does not exist, or a clock that cannot be moved."""
        match change:
            case SetUsage():
                if change.limit is not None:
                    self.usage.daily_limit = change.limit
                if change.share is not None:
                    self.usage.set_used(int(self.usage.daily_limit * change.share))
                if change.used is not None:
                    self.usage.set_used(change.used)
            case MoveClock():
                self._move(change)
            case EndSessions():
                self.tokens.end_sessions(self._user_id(change.user))
            case EndGrants():
                self.tokens.end_grants(self._user_id(change.user))
            case ChangeApp():
                self._change_app(change)

    def state(self) -> dict[str, Any]:
        """What can be changed, as it is now."""
        app = self.app.now
        return {
            "now": self.clock().isoformat(),
            "api_usage": {"used": self.usage.used, "limit": self.usage.daily_limit},
            "app": {
                "installed": app.installed,
                "blocked": app.blocked,
                "permitted_users": app.permitted_users.value,
                "pre_authorized": sorted(app.pre_authorized),
                "named_user_jwt": app.named_user_jwt,
                "session_timeout_seconds": self.tokens.session_timeout.total_seconds(),
            },
        }

    def _move(self, change: MoveClock) -> None:
        if not isinstance(self.clock, OrgClock):
            raise FaultRefused("this org's clock cannot be moved; start it with an OrgClock")
        if change.reset:
            self.clock.reset()
        if change.advance_seconds is not None:
            self.clock.advance(timedelta(seconds=change.advance_seconds))
        if change.now is not None:
            self.clock.set(change.now)

    def _user_id(self, username: str | None) -> str | None:
        if username is None:
            return None
        user = self.directory.by_username(username)
        if user is None:
            raise FaultRefused(f"no user {username}")
        return user.user_id

    def _change_app(self, change: ChangeApp) -> None:
        fields: dict[str, Any] = {
            name: value
            for name, value in (
                ("installed", change.installed),
                ("blocked", change.blocked),
                ("named_user_jwt", change.named_user_jwt),
            )
            if value is not None
        }
        if change.permitted_users is not None:
            fields["permitted_users"] = PermittedUsers(change.permitted_users)
        if change.pre_authorized is not None:
            fields["pre_authorized"] = frozenset(change.pre_authorized)
        self.app.change(**fields)
        if change.blocked:
            self.tokens.end_sessions()
        if change.session_timeout_seconds is not None:
            self.tokens.session_timeout = timedelta(seconds=change.session_timeout_seconds)
