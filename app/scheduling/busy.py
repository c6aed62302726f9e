"""Busy time widened by buffers, and the time that is left beside it.

Our own choice where the product guide is silent: buffers of both meetings count. Before an existing meeting lie its
own buffer-before and the new type's buffer-after; behind it, its own buffer-after and the new type's buffer-before.
The existing meeting's own are part of the busy range that is given; what is added here is the new type's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.scheduling.intervals import Interval

ALWAYS = 1 << 40
"""Beyond any instant that is asked about, in seconds."""


def widened(busy: Iterable[Interval], *, before: int, after: int) -> list[Interval]:
    """Each busy range as a new meeting sees it, with the new type's buffer `before` and `after`, in seconds."""
    return [(start - after, end + before) for start, end in busy]


@dataclass(frozen=True, slots=True)
class Closed:
    """The time in which nothing can be booked whatever is busy, made ready for `free`.

    before, after: the new type's buffers. ranges: not yet widened, like busy time: so they are short of the closed time
    by the buffers that `free` will add.
    """

    before: int
    after: int
    ranges: list[Interval]

    @classmethod
    def beside(cls, open_: Sequence[Interval], *, before: int, after: int) -> "Closed":
        """All time but the open ranges, which are in order."""
        edges = [-ALWAYS, *(edge for interval in open_ for edge in interval), ALWAYS]
        closed = zip(edges[::2], edges[1::2], strict=True)
        return cls(before, after, [(start + after, end - before) for start, end in closed])

    def free(self, busy: Sequence[Interval], closed: Sequence[Interval], duration: int) -> list[Interval]:
        """What neither this, nor the `busy` ranges with the buffers, nor the `closed` ones cover, in order: only the
        ranges that are at least `duration` seconds long.

        One pass over all of it, sorted. Ranges are widened where a gap is found: all by the same, so their order stays.
        """
        before, after = self.before, self.after
        taken = [*self.ranges, *busy]
        if closed:
            taken += [(start + after, end - before) for start, end in closed if start < end]
        taken.sort()
        free: list[Interval] = []
        needed = before + after + duration
        latest = -ALWAYS
        for start, end in taken:
            if end > latest:
                if start - latest >= needed:
                    free.append((latest + before, start - after))
                latest = end
        return free
