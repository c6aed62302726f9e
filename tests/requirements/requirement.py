"""One promise of the product guide, and what a promise may wait for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise. `deferred` is None when tests prove it, else the capability that has to come first."""

    id: str
    text: str
    source: str
    deferred: str | None = None
