"""Who asks: the result of a sign-in, and the only source of org, person and scope for everything behind it."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a caller may do (guide, Scopes). Derived from Salesforce permission sets, never asked for."""

    ADMIN = "admin"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in caller.

    org_id, user_id: 18-character Salesforce ids. user_id is None for a one-time-code caller, who is no Salesforce
    user. timezone: an IANA name, the user's own, else the org's. client_id: the MCP client, for the audit.
    connection_lost: a caller by code whose org connection is dead, and with it all that he may do.
    """

    org_id: str
    user_id: str | None
    scope: Scope
    name: str
    email: str
    username: str
    timezone: str
    client_id: str
    connection_lost: bool = False

    @property
    def actor(self) -> str:
        """The true actor, by whom what he does is recorded and what he carries for us is bound: the user's id, else
        the e-mail address that the code went to."""
        return self.user_id or self.email
