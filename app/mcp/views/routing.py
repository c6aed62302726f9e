"""Where a prospect was routed, and by which way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field

from app.bookit.routing.graph import Graph, InputType, Record, TieBreaker, Trigger
from app.bookit.routing.walk import Chosen, Step
from app.mcp.views.availability import DayView, HostView
from app.mcp.views.moment import Moment, RangeView

RoutingResult = Literal["calendar", "redirect", "none"]


class StepView(BaseModel):
    node: str
    kind: str
    branch: str | None = Field(description="Which way was taken, of a node that has several; else null")


class MatchedView(BaseModel):
    id: str
    of: int = Field(description="How many records match; tie_breaker says why it is this one")
    tie_breaker: TieBreaker


class AllMatchedView(BaseModel):
    """What the match nodes of the path took."""

    lead: MatchedView | None
    contact: MatchedView | None
    account: MatchedView | None


class InputView(BaseModel):
    name: str
    type: InputType
    required: bool


class TriggerView(BaseModel):
    name: str
    inputs: list[InputView]


class GraphRef(BaseModel):
    graph_id: str
    name: str


class ScheduledView(BaseModel):
    """Whose calendar it is: pool or user, with owner_of where the user owns that matched record."""

    meeting_type: str
    pool: str | None = None
    user: str | None = None
    owner_of: Record | None = None


class RoutingAnswer(BaseModel):
    """Which of it is there: result says. Without a trigger node and a meeting type: trigger_nodes and graph alone."""

    result: RoutingResult | None = Field(default=None, description="Missing: nothing was routed, see trigger_nodes")
    trigger_nodes: list[TriggerView] | None = Field(default=None, description="What trigger_node may be, with inputs")
    graph: GraphRef | None = Field(default=None, description="The live graph; null: straight to a meeting type")
    trigger: str | None = Field(default=None, description="The trigger node")
    path: list[StepView] | None = Field(default=None, description="The nodes of the way, first to last")
    matched: AllMatchedView | None = None
    url: str | None = Field(default=None, description="With redirect: where the prospect is sent")
    reason: str | None = Field(default=None, description="With none: why there is no meeting")
    calendar: ScheduledView | None = Field(default=None, description="With calendar: what is booked, and with whom")
    offer_id: str | None = Field(default=None, description="With calendar: for book_meeting, with one of the starts")
    expires: Moment | None = None
    timezone: str | None = Field(default=None, description="Of days and starts")
    duration_minutes: int | None = None
    days: list[DayView] | None = Field(default=None, description="Every day of the range, those without a start too")
    hosts: list[HostView] | None = None
    now: Moment | None = None
    range: RangeView | None = None


def graph_ref(graph: Graph) -> GraphRef:
    return GraphRef.model_construct(graph_id=graph.id, name=graph.name)


def trigger_view(trigger: Trigger) -> TriggerView:
    inputs = [
        InputView.model_construct(name=each.name, type=each.type, required=each.required) for each in trigger.inputs
    ]
    return TriggerView.model_construct(name=trigger.name, inputs=inputs)


def step_view(step: Step) -> StepView:
    return StepView.model_construct(node=step.node, kind=step.kind, branch=step.branch)


def matched_view(matched: Mapping[Record, Chosen]) -> AllMatchedView:
    def view(record: Record) -> MatchedView | None:
        found = matched.get(record)
        if found is None:
            return None
        return MatchedView.model_construct(id=found.record.id, of=found.of, tie_breaker=found.tie_breaker)

    return AllMatchedView.model_construct(lead=view("lead"), contact=view("contact"), account=view("account"))


def path_text(path: list[StepView]) -> str:
    """`Path: Website form → Known contact (found) → West team.` No word of it comes from the prospect."""
    steps = (f"{step.node} ({step.branch})" if step.branch is not None else step.node for step in path)
    return f"Path: {' → '.join(steps)}."


def calendar_text(calendar: ScheduledView, path: list[StepView]) -> str:
    """Whose calendar it is, and by which way."""
    shown = calendar.model_dump(exclude_unset=True)
    whom = f"the pool {shown['pool']}" if "pool" in shown else shown["user"]
    owner = f", who owns the {shown['owner_of']}" if "owner_of" in shown else ""
    return f"Calendar: {calendar.meeting_type} with {whom}{owner}." + (f" {path_text(path)}" if path else "")


def triggers_text(graph: Graph) -> str:
    """A line for each trigger node, with its inputs."""
    lines = [f"The live graph {graph.name} has {len(graph.triggers)} trigger nodes. Call again with one of them."]
    for trigger in graph.triggers:
        inputs = (f"{each.name} {each.type}{'' if each.required else ' (optional)'}" for each in trigger.inputs)
        lines.append(f"{trigger.name}: {', '.join(inputs) or 'no inputs'}")
    return "\n".join(lines)
