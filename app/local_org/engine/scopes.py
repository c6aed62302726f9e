"""USING SCOPE: which of the rows that a user may see a statement asks for.

Source: SOQL and SOSL Reference, USING SCOPE; describe's supportedScopes.
"""

from __future__ import annotations

from app.local_org.engine.scope import Scope
from app.local_org.errors import Unsupported
from soql.ast import Select

_NOT_HERE = frozenset(
    {
        *("allprivate", "delegated", "mine_and_my_groups", "mineandmygroups", "my_territory", "my_team_territory"),
        *("queue_owned", "salesteam", "scopingrule", "team", "team_territory", "user_owned"),
    }
)
"""Scopes of territories, queues, teams and the like, which this org has none of."""


def conditions(scope: Scope, select: Select) -> list[str]:
    """The conditions that a scope adds. MALFORMED_QUERY for a word that is no scope, and for `mine` where nothing is
    owned ([BG], both texts unconfirmed)."""
    statement = scope.statement
    if select.scope in (None, "everything"):
        return []
    if select.scope in _NOT_HERE:
        raise Unsupported(f"USING SCOPE {select.scope}")
    if select.scope != "mine":
        message = f"invalid filter scope: {select.scope}"
        raise statement.refuse(select.from_position, "MALFORMED_QUERY", message)
    if not scope.object.has_owner:
        message = f"the filter scope mine is not supported for {scope.object.name}"
        raise statement.refuse(select.from_position, "MALFORMED_QUERY", message)
    return [f'{scope.alias}."OwnerId" = {statement.params.add(statement.actor.user_id)}']
