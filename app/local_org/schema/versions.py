"""What a version of BookIt lacks: the one list."""

from __future__ import annotations

BROUGHT_BY_8: frozenset[str] = frozenset(
    {
        "LeanData__BookIt_Meeting__c.LeanData__Reassigned_From__c",
        "LeanData__BookIt_Meeting__c.LeanData__Reassigned_Date__c",
    }
)
"""`Object.Field` that BookIt 8 brought with reassignment; an org on 7.x has none of them.

KNOWN: reassigning a meeting needs 8.x (the vendor's guide). DECIDED: that these two fields came with it.
"""

_MINOR_OF_7 = 4


def version_of(major: int, minor: int, bookit_version: int) -> tuple[int, int]:
    """The version (major, minor) that the installed BookIt package shows, given that of its source.

    ValueError for a version other than 7 and 8, the ones that BookIt MCP supports.
    """
    if bookit_version == 7:
        return 7, _MINOR_OF_7
    if bookit_version == major:
        return major, minor
    raise ValueError(f"BookIt {bookit_version} is not a version that the local org knows: 7 or {major}")


def absent_in(bookit_version: int) -> frozenset[str]:
    """The fields that an org on that major version lacks, as `Object.Field`."""
    return BROUGHT_BY_8 if bookit_version < 8 else frozenset()
