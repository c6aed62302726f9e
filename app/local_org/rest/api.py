"""All resources of the REST API, in the order in which paths are matched."""

from __future__ import annotations

from app.local_org.rest import (
    collections,
    describe,
    limits,
    query,
    replication,
    sobjects,
    tooling,
    tree,
    unanswered,
    versions,
)
from app.local_org.rest.batch import batch_resource
from app.local_org.rest.composite import composite_resource
from app.local_org.rest.graph import graph_resource
from app.local_org.rest.resources import Resources


def resources() -> Resources:
    """The table. Composite, batch and graph reach the same resources as the socket does."""
    plain = (
        *versions.RESOURCES,
        *query.RESOURCES,
        *tree.RESOURCES,
        *collections.RESOURCES,
        *describe.RESOURCES,
        *unanswered.RESOURCES,
        *replication.RESOURCES,
        *sobjects.RESOURCES,
        *limits.RESOURCES,
        *tooling.RESOURCES,
    )
    reached = Resources(plain)
    return Resources((*plain, composite_resource(reached), batch_resource(reached), graph_resource(reached)))
