"""whoami: who the caller is to us, and what works in his org."""

from typing import Final, Literal

from pydantic import BaseModel, Field

from app.mcp.arguments import Arguments
from app.mcp.beta import LABEL, REPORT_TO
from app.mcp.call import Call
from app.mcp.tool import Annotations, Answer, Exposure, Tool
from app.mcp.views.moment import Moment, moment, spoken
from app.org.caller import Scope


class WhoamiArguments(Arguments):
    """None."""


class CallerView(BaseModel):
    user_id: str | None = Field(description="Salesforce user id; null after sign-in with a one-time code")
    name: str
    email: str
    username: str
    signed_in_with: Literal["salesforce_login", "one_time_code"]


class OrgView(BaseModel):
    org_id: str
    name: str
    bookit_version: str | None = Field(description="null: it could not be read")
    timezone: str
    week_starts_on: str


class OffView(BaseModel):
    what: str = Field(description="The tool or capability that does not work in this org")
    why: str = Field(description="And what to do about it")


class BetaView(BaseModel):
    label: str
    report_to: str


class WhoamiAnswer(BaseModel):
    caller: CallerView
    scope: Scope = Field(description="admin: the whole org; user: the caller's own meetings, links and availability")
    org: OrgView
    now: Moment
    timezone: str = Field(description="The zone that words like today are read in when a call names none")
    off: list[OffView] = Field(description="Empty: everything that this scope has works")
    beta: BetaView


DESCRIPTION: Final = """\
Who you act for: the signed-in person, the scope (admin or user), the Salesforce org and its BookIt version, the \
present time in the person's time zone, and what is switched off in this org and why.
Use this tool when a question hangs on who "I" am, on what day or time it is, or when another tool is missing or \
answers that something is off.
Example: {}"""


async def whoami(call: Call, _: WhoamiArguments) -> Answer:
    """No call to Salesforce when the org's status is warm."""
    caller, org = call.caller, await call.org()
    now = moment(call.now, call.zone(None))
    structured = WhoamiAnswer.model_construct(
        caller=CallerView.model_construct(
            user_id=caller.user_id,
            name=caller.name,
            email=caller.email,
            username=caller.username,
            signed_in_with="salesforce_login" if caller.user_id is not None else "one_time_code",
        ),
        scope=caller.scope,
        org=OrgView.model_construct(
            org_id=caller.org_id,
            name=org.name,
            bookit_version=org.bookit_version,
            timezone=org.timezone,
            week_starts_on=org.week_start.name.lower(),
        ),
        now=now,
        timezone=now.timezone,
        off=[OffView.model_construct(what=each.what, why=each.why) for each in org.off],
        beta=BetaView.model_construct(label=LABEL, report_to=REPORT_TO),
    )
    lines = [
        f"{caller.name} ({caller.email}), {caller.scope} scope, org {org.name}, "
        f"BookIt {org.bookit_version or 'version unknown'}.",
        f"Now: {spoken(now)} {now.timezone}.",
        *(f"Off: {each.what}. {each.why}" for each in org.off),
        f"{LABEL}. {REPORT_TO}",
    ]
    return Answer(structured, "\n".join(lines))


_EXPOSURE: Final = Exposure(DESCRIPTION, WhoamiArguments, WhoamiAnswer)

TOOL: Final = Tool(
    name="whoami",
    title="Who am I",
    annotations=Annotations(read_only=True, destructive=False, idempotent=True),
    exposures={Scope.ADMIN: _EXPOSURE, Scope.USER: _EXPOSURE},
    handle=whoami,
    statements={"": frozenset({"signin/organization"})},
)
