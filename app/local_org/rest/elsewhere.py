"""Resources that a real org has and the local org has not: refused by name instead of a 404 that misleads."""

from __future__ import annotations

from app.local_org.errors import Unsupported

BESIDE_OURS = frozenset(
    {
        "actions",
        "analytics",
        "appMenu",
        "async-queries",
        "asyncQueries",
        "chatter",
        "commerce",
        "compactLayouts",
        "connect",
        "consent",
        "domino",
        "emailConnect",
        "event",
        "eventSchema",
        "exchange-connect",
        "externaldata",
        "folders",
        "graphql",
        "identityProvider",
        "jobs",
        "jsonxform",
        "knowledgeManagement",
        "licensing",
        "localizedvalue",
        "metadata",
        "mobile",
        "parameterizedSearch",
        "payments",
        "process",
        "quickActions",
        "recent",
        "sales",
        "scheduling",
        "search",
        "serviceTemplates",
        "smartdatadiscovery",
        "support",
        "tabs",
        "theme",
        "ui-api",
        "wave",
    }
)
"""Resources by Version (`GET /services/data/v66.0/` of a real org), without those that the local org has."""


def refuse_what_an_org_has(segments: tuple[str, ...]) -> None:
    """Raises Unsupported if a real org has a resource at this unmatched path."""
    first = segments[0] if segments else ""
    if first in BESIDE_OURS or first in ("tooling", "composite"):
        raise Unsupported(f"/{'/'.join(segments)}")
