"""Which record a name means: the one rule for persons, pools, meeting types, teams and links.

An id or an e-mail address is exact. A name is looked for as it stands, then as a beginning, then as a part, then by
likeness; the first of these that finds anything decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from app.bookit.errors import BookItError, Candidate, ErrorCode
from app.org.ids import is_record_id, record_id

MAX_CANDIDATES: Final = 10
_TAKEN_FOR_IT: Final = 0.8
"""A likeness (difflib's ratio) from which the only near name is taken for the one that was meant."""
_WORTH_NAMING: Final = 0.55
"""A likeness from which a near name is offered as a candidate."""


@dataclass(frozen=True, slots=True)
class Named:
    """A record that can be named. names: what people call it, the shown one first. keys: what names it exactly and
    alone (e-mail, username). detail: what tells it from another of the same name."""

    id: str
    names: tuple[str, ...]
    keys: tuple[str, ...] = ()
    detail: str | None = None

    @property
    def shown(self) -> str:
        return self.names[0]


def find(text: str, records: Sequence[Named], noun: str) -> Named:
    """The record that `text` means. noun: what to call it in an error (`pool`).

    Raises BookItError: ambiguous with the candidates, or not_found, with those whose name is near.
    """
    wanted = _folded(text)
    if not wanted:
        raise BookItError(ErrorCode.INVALID_ARGUMENT, f"The {noun} is empty.", f"Name a {noun}, or leave it out.")
    found: list[Named] = []
    for matches in _levels(text.strip(), wanted):
        found = [record for record in records if matches(record)]
        if found:
            break
    if not found:
        near = _nearest(wanted, records)
        found = [record for likeness, record in near if likeness >= _TAKEN_FOR_IT]
        if not found:
            raise not_found(noun, text, [record for _, record in near])
    if len(found) > 1:
        raise BookItError(
            ErrorCode.AMBIGUOUS,
            f"{len(found)} records go by this name as a {noun}.",
            f"Ask which one is meant, then call again with the id as {noun}.",
            candidates=_candidates(found),
        )
    return found[0]


def not_found(noun: str, text: str, near: Sequence[Named] = ()) -> BookItError:
    """The refusal of a name that no record visible to the caller goes by; the same whether it is hidden or missing."""
    return BookItError(
        ErrorCode.NOT_FOUND,
        f"No {noun} goes by {_quoted(text)}.",
        "Take one of the candidates." if near else f"Check the spelling of the {noun}, or leave it out.",
        candidates=_candidates(near),
    )


def _levels(text: str, wanted: str) -> Iterator[Callable[[Named], bool]]:
    if is_record_id(text):
        wanted_id = record_id(text)
        yield lambda record: record.id == wanted_id
    yield lambda record: any(_folded(key) == wanted for key in record.keys)
    yield lambda record: any(_folded(name) == wanted for name in record.names)
    yield lambda record: any(_folded(name).startswith(wanted) for name in (*record.names, *record.keys))
    yield lambda record: any(wanted in _folded(name) for name in (*record.names, *record.keys))


def _nearest(wanted: str, records: Sequence[Named]) -> list[tuple[float, Named]]:
    scored: list[tuple[float, Named]] = []
    for record in records:
        matcher = SequenceMatcher(b=wanted)
        best = 0.0
        for name in record.names:
            matcher.set_seq1(_folded(name))
            if matcher.real_quick_ratio() > _WORTH_NAMING and matcher.quick_ratio() > _WORTH_NAMING:
                best = max(best, matcher.ratio())
        if best > _WORTH_NAMING:
            scored.append((best, record))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].shown, pair[1].id))


def _candidates(records: Sequence[Named]) -> list[Candidate]:
    return [Candidate(record.id, record.shown[:120], record.detail) for record in records[:MAX_CANDIDATES]]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")
