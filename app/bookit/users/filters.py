"""What lookup_user asks for, and how the statements of soql/queries/users take it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from app.bookit.picklists import CalendarStatus, Product, calendar_status_value
from soql.binding import BindValue

_STATUSES: Final[tuple[CalendarStatus, ...]] = get_args(CalendarStatus)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Conditions that all hold. Ids are resolved already; None and () leave a condition out.

    statuses: any of them. products: access to all of them, which nobody has without settings. Without user_id and
    pool_id: active users that are set up in BookIt.
    """

    user_id: str | None = None
    pool_id: str | None = None
    statuses: tuple[CalendarStatus, ...] = ()
    products: tuple[Product, ...] = ()

    def statement(self, name: Literal["lookup", "count"], *, detail: bool = False) -> str:
        """The name of the statement that the binds are for."""
        return f"users/{name}{'_without' if self._without else ''}{'_detail' if detail else ''}"

    def binds(self) -> Mapping[str, BindValue]:
        """The binds of that statement. Absent ones are left out."""
        found: dict[str, BindValue | None] = {
            "user": self.user_id,
            "pool": self.pool_id,
            "active": None if self._named else True,
        }
        if self._without:
            found["other_statuses"] = _values(status for status in _STATUSES if status not in self.statuses)
        elif not self._named or self.products:
            # The condition that there are settings at all; any status will do where none was asked for.
            found["statuses"] = _values(self.statuses or _STATUSES)
            found |= {f"{product}_access": True for product in self.products}
        elif not self._all_statuses:
            found["statuses"] = _values(self.statuses)
        return {key: value for key, value in found.items() if value is not None}

    @property
    def _named(self) -> bool:
        return self.user_id is not None or self.pool_id is not None

    @property
    def _all_statuses(self) -> bool:
        return not self.statuses or set(self.statuses) == set(_STATUSES)

    @property
    def _without(self) -> bool:
        """Whether people without settings belong to the answer, and others do not: who is not set up is not connected.

        Their settings cannot be asked for what they are, only for what they are not.
        """
        return self._named and not self.products and "not_connected" in self.statuses and not self._all_statuses


def _values(statuses: Iterable[CalendarStatus]) -> list[str]:
    return [calendar_status_value(status) for status in statuses]
