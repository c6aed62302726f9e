"""All areas, in the order of FIDELITY.md."""

from __future__ import annotations

from scripts.checks.areas import (
    batches,
    composites,
    deletes,
    describes,
    invitees,
    paging,
    permissions,
    query_bodies,
    record_collections,
    records,
    refused_writes,
    replication,
    requests,
    sharing,
    sign_ins,
    soql_language,
    soql_refusals,
    soql_rules,
    token_endpoint,
    upserts,
)
from scripts.checks.model import Area, Check, Unchecked

AREAS: tuple[Area, ...] = (
    requests.AREA,
    query_bodies.AREA,
    paging.AREA,
    soql_language.AREA,
    soql_refusals.AREA,
    soql_rules.AREA,
    records.AREA,
    refused_writes.AREA,
    upserts.AREA,
    deletes.AREA,
    invitees.AREA,
    composites.AREA,
    record_collections.AREA,
    batches.AREA,
    replication.AREA,
    describes.AREA,
    permissions.AREA,
    sharing.AREA,
    token_endpoint.AREA,
    sign_ins.AREA,
)

CHECKS: tuple[Check, ...] = tuple(check for area in AREAS for check in area.checks)
UNCHECKED: tuple[Unchecked, ...] = tuple(entry for area in AREAS for entry in area.unchecked)
