"""The counts of a pool as an answer shows them: whose turn it is in each meeting category, and the history."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from app.bookit.counts.history import Entry
from app.bookit.counts.pools import PoolSettings
from app.bookit.meetings.records import Person, Reference
from app.bookit.pools.members import OUT_IN_WORDS, PoolMember
from app.mcp.views.meeting import PersonRef, PoolRef
from app.mcp.views.moment import Moment, RangeView, moment, moment_or_none
from app.mcp.views.next_cursor import NextCursor
from app.mcp.views.tables import table
from app.mcp.views.typed import typed
from app.scheduling.count_periods import CountPeriod, ResetPeriod
from app.scheduling.standings import Distribution, Standing, level_text

NOT_LOOKED_AT = (
    "Calendars, vacations and limits are not looked at here: who of them is free decides at booking. "
    "preview_availability says who is."
)


class CategoryRef(BaseModel):
    meeting_category_id: str
    name: str


class CountPeriodView(BaseModel):
    """The days in which counts add up, of the org's calendar."""

    first_day: str = Field(description="2026-11-01")
    reset_date: str | None = Field(description="The day on which counts start anew; null: never")
    reset_period: ResetPeriod


class CountsView(BaseModel):
    """Where a member stands. Net is calibration + scheduled - credits; the lowest level is next."""

    scheduled: int = Field(description="Meetings of this count period, reassigned ones taken off")
    calibration: int = Field(description="Calibrations of this count period, by hand and automatic")
    credits: int = Field(description="Of this count period, and what is left of earlier ones")
    net: int
    weight: int = Field(description="1 for each in a pool that is not weighted")
    level: str | None = Field(description="(net + 1/2) / weight as a fraction, 5/2; null: weight 0")
    order: int | None = Field(description="Place in member order")
    last_assigned: Moment | None = Field(description="null: never")


class CountedMemberView(CountsView):
    """A member in one meeting category."""

    turn: int | None = Field(description="1 is next; null: not in rotation")
    pool_member_id: str
    user: PersonRef | None
    unconsumed_credits: int
    in_rotation: bool
    out_because: str | None = Field(
        description="inactive_user, not_available_for_routing, paused, weight_zero; null: in rotation"
    )


class NextView(BaseModel):
    user: PersonRef | None
    pool_member_id: str
    why: str = Field(description="The rule that decides, with its arithmetic")


class CategoryCountsView(BaseModel):
    """The turns of one meeting category: its meeting types share one count."""

    meeting_category: CategoryRef | None = Field(
        description="null: nothing has been counted in any category, or what was has none"
    )
    next: NextView | None = Field(description="Whose turn it is if all are free; null: nobody is in rotation")
    members: list[CountedMemberView] = Field(description="In turn order, then those who are not in rotation")
    members_total: int = Field(description="All members of the pool, shown or not")


class HistoryEntryView(BaseModel):
    """One change of a count."""

    at: Moment
    user: PersonRef | None = Field(description="Whose count; null: he has left the pool")
    meeting_category: CategoryRef | None
    kind: str = Field(
        description="calibration, auto_calibration, credit, credit_consumed, scheduled, unscheduled, reset"
    )
    old: int | None
    new: int | None
    delta: int
    reason: str | None = Field(description="For an auto-calibration with its arithmetic")
    changed_by: str | None = Field(description="Name of a user, an e-mail address, or BookIt itself")
    count_period_start: str | None
    meeting_id: str | None


class HistoryView(BaseModel):
    """Newest first."""

    items: list[HistoryEntryView]
    total: int = Field(description="All entries that match, on this page or not")
    has_more: bool
    next_cursor: NextCursor
    range: RangeView | None = Field(description="When they were made; null: at any time")


class CountsSearchedView(BaseModel):
    """What was looked up, names resolved. Only what was asked for is there."""

    pool: str
    member: str | None = None
    meeting_category: str | None = None
    history: str | None = None


class CountsAnswer(BaseModel):
    pool: PoolRef
    distribution: Distribution = Field(description="count_based: lowest level next; order_based: in member order")
    weighted: bool
    count_period: CountPeriodView
    categories: list[CategoryCountsView] | None = Field(
        default=None, description="The turns in each meeting category; not on a further page of history"
    )
    note: str | None = Field(default=None, description="What is not looked at here")
    history: HistoryView | None = Field(default=None, description="Only with history")
    now: Moment
    searched: CountsSearchedView


def period_view(settings: PoolSettings, period: CountPeriod) -> CountPeriodView:
    return CountPeriodView.model_construct(
        first_day=period.first.isoformat(),
        reset_date=period.after_last.isoformat() if period.after_last else None,
        reset_period=settings.reset_period,
    )


def pool_ref(settings: PoolSettings) -> PoolRef:
    return PoolRef.model_construct(pool_id=settings.id, name=settings.name)


def category_ref(category: Reference | None) -> CategoryRef | None:
    if category is None:
        return None
    return CategoryRef.model_construct(meeting_category_id=category.id, name=category.name)


def person_ref(person: Person | None) -> PersonRef | None:
    if person is None:
        return None
    return PersonRef.model_construct(user_id=person.user_id, name=person.name, email=person.email)


def member_view(
    standing: Standing, member: PoolMember, turn: int | None, out_because: str | None, zone: ZoneInfo
) -> CountedMemberView:
    return CountedMemberView.model_construct(
        turn=turn,
        pool_member_id=member.id,
        user=person_ref(member.user),
        scheduled=standing.scheduled,
        calibration=standing.calibration,
        credits=standing.credits,
        unconsumed_credits=standing.unconsumed_credits,
        net=standing.net,
        weight=standing.weight,
        level=level_text(standing.level),
        order=standing.order,
        last_assigned=moment_or_none(standing.last_assigned, zone),
        in_rotation=out_because is None,
        out_because=out_because,
    )


def entry_view(entry: Entry, users: Mapping[str, str], zone: ZoneInfo) -> HistoryEntryView:
    """users: names by user id, for who changed it."""
    changed_by = users.get(entry.changed_by or "", entry.changed_by)
    return HistoryEntryView.model_construct(
        at=moment(entry.at, zone),
        user=person_ref(entry.member),
        meeting_category=category_ref(entry.category),
        kind=entry.kind,
        old=entry.old,
        new=entry.new,
        delta=entry.delta,
        reason=typed(entry.reason),
        changed_by=typed(changed_by),
        count_period_start=entry.period_start.isoformat() if entry.period_start else None,
        meeting_id=entry.meeting_id,
    )


def counts_text(categories: Sequence[CategoryCountsView]) -> list[str]:
    """For each category who is next and why, and a table of turns."""
    lines: list[str] = []
    for each in categories:
        name = each.meeting_category.name if each.meeting_category else "Without a meeting category"
        why = each.next.why if each.next else "Nobody is in rotation."
        lines.append(f"{name}: {why}")
        rows = [
            [
                str(member.turn) if member.turn else "-",
                member.user.name if member.user else member.pool_member_id,
                str(member.net),
                str(member.weight),
                member.level or "-",
                _out(member.out_because),
            ]
            for member in each.members
        ]
        lines.append(table(["turn", "member", "net", "weight", "level", "not in rotation"], rows))
    return lines


def _out(out_because: str | None) -> str:
    return next((words for reason, words in OUT_IN_WORDS.items() if reason == out_because), "")


def history_text(history: HistoryView) -> list[str]:
    """A table of entries. Reasons stand in the structured answer alone: anybody may have written them."""
    if not history.items:
        return ["No history of this kind" + (" on this page." if history.total else ".")]
    rows = [
        [each.at.local[:16], each.user.name if each.user else "", each.kind, f"{each.delta:+d}"]
        for each in history.items
    ]
    lines = [
        f"History: {len(history.items)} of {history.total}, newest first.",
        table(["at", "member", "kind", "change"], rows),
    ]
    if history.has_more:
        lines.append("There are more: call again with the same arguments and next_cursor as cursor.")
    return lines
