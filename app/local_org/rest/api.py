"""All resources of v66.0, in the order in which paths are matched."""

from __future__ import annotations

from app.local_org.rest import collections, describe, limits, query, sobjects, tooling, versions
from app.local_org.rest.composite import composite_resource
from app.local_org.rest.resources import Resources


def resources() -> Resources:
    """The table. Composite reaches the same resources as the socket does."""
    plain = (
        *versions.RESOURCES,
        *query.RESOURCES,
        *collections.RESOURCES,
        *describe.RESOURCES,
        *sobjects.RESOURCES,
        *limits.RESOURCES,
        *tooling.RESOURCES,
    )
    return Resources((*plain, composite_resource(Resources(plain))))
