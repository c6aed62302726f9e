"""What a resource works with: the org, the caller's session, and the shell's counters."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.local_org.faults.armed import ArmedFaults
from app.local_org.faults.locking_session import LockingSession
from app.local_org.org import LocalOrg, Session
from app.local_org.rest.describe_stamps import DescribeStamps
from app.local_org.rest.usage import ApiUsage


@dataclass(frozen=True, slots=True)
class Context:
    """One request's surroundings. user_id: the caller's 18-character id. origin: as in `https://host`.

    faults: None with the switch off.
    """

    org: LocalOrg
    session: Session
    user_id: str
    usage: ApiUsage
    stamps: DescribeStamps
    origin: str
    faults: ArmedFaults | None = None

    def during(self, path: str) -> Context:
        """The same while this request or subrequest is handled, whose writes an armed fault may lock out."""
        if self.faults is None or not self.faults.any_due():
            return self
        return replace(self, session=LockingSession(self.org, self.user_id, self.faults, path))
