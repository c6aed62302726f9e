"""What a resource works with: the org, the caller's session, and the shell's counters."""

from __future__ import annotations

from dataclasses import dataclass

from app.local_org.org import LocalOrg, Session
from app.local_org.rest.describe_stamps import DescribeStamps
from app.local_org.rest.usage import ApiUsage


@dataclass(frozen=True, slots=True)
class Context:
    """One request's surroundings. user_id: the caller's 18-character id."""

    org: LocalOrg
    session: Session
    user_id: str
    usage: ApiUsage
    stamps: DescribeStamps
