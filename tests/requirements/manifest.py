"""What the product guide promises, one entry a promise. Tests name the entries that they prove
(`@pytest.mark.requirement("id")`); test_manifest.py holds both directions.

An entry without a test must say in `deferred` what it waits for. Source: the section of the BookIt MCP guide
(or RFC) that states it.
"""

from tests.requirements.capabilities import CAPABILITIES
from tests.requirements.requirement import Requirement

REQUIREMENTS = (
    # What it is
    Requirement(
        "overview.any_client",
        "Any MCP client can connect and discover the tools; both protocol eras work",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "overview.structured_answers",
        "Answers are accurate and structured, without opening Salesforce or writing a query",
        "What Is the BookIt MCP Server?",
    ),
    # The example questions
    Requirement(
        "question.canceled_pool_last_week",
        "Show me all cancelled meetings for the Enterprise AMEA Pool last week.",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.calendars_not_connected",
        "Which reps in the Pool West - USA have not connected their calendars?",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.month_comparison",
        "How does booking for our Inbound Demo meeting type compare between this month and last?",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.pool_availability",
        "Check availability for the SDR Pool with the meeting type Outbound Demo for this Friday.",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.my_link",
        "Give me my booking link for the 30-minute intro meeting.",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.my_week",
        "What meetings do I have coming up this week?",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.conference_link",
        "What's the conference link for my 2pm meeting tomorrow?",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.cancel_friday",
        "Cancel my meeting with Jordan Lee on Friday.",
        "What Is the BookIt MCP Server?",
    ),
    Requirement(
        "question.no_show_credit",
        "Request a no-show credit for my meeting yesterday with Acme Corp.",
        "What Is the BookIt MCP Server?",
    ),
    # Beta
    Requirement(
        "beta.label",
        "The product carries the label BookIt MCP (BETA) and says where to report a discrepancy",
        "A Beta-Labeled Feature",
    ),
    Requirement(
        "beta.versions",
        "It works for BookIt 7.x and 8.x; another version is refused when the org is enabled",
        "A Beta-Labeled Feature",
    ),
    # Authentication methods
    Requirement(
        "auth.salesforce_login",
        "Admins and reps sign in with Salesforce from their own client, as an OAuth flow",
        "Authentication Methods",
    ),
    Requirement(
        "auth.one_time_code",
        "Agents sign in with a one-time code, as an OAuth flow",
        "Authentication Methods",
    ),
    # Scopes
    Requirement(
        "scope.one_of_two",
        "Every authenticated session is Admin or User, and the scope decides which capabilities are exposed",
        "Scopes",
    ),
    Requirement(
        "scope.admin",
        "LeanData Custom Objects Full Access grants Admin",
        "Scopes",
    ),
    Requirement("scope.user", "LeanData Dashboard Access grants User", "Scopes"),
    Requirement("scope.group", "A set that comes through a permission set group counts", "Scopes (project decision)"),
    Requirement("scope.both", "Both sets give Admin", "Scopes (project decision)"),
    Requirement("scope.expired", "An expired assignment grants nothing", "Scopes (project decision)"),
    Requirement("scope.neither", "With neither permission set nobody can sign in", "Scopes"),
    Requirement(
        "scope.managers",
        "BookIt Manager and Pool Manager map to no scope: with Dashboard Access they are User, without refused",
        "Scopes",
    ),
    Requirement(
        "scope.minimum_access",
        "A user who may not read PermissionSetAssignment gets the scope that his sets grant",
        "Scopes (Salesforce: PermissionSetAssignment access)",
    ),
    Requirement("scope.inactive", "An inactive Salesforce user cannot sign in", "Scopes (project decision)"),
    Requirement(
        "scope.lost",
        "A permission set that is taken away ends the access at the next check; one that is lowered makes it User",
        "Scopes (project decision)",
    ),
    Requirement("scope.one_time_code", "A one-time code always gives Admin", "Scopes"),
    *CAPABILITIES,
    Requirement(
        "scope.not_exposed",
        "A capability that is not available is not exposed: absent from the list, and unknown when called",
        "Capabilities",
    ),
    Requirement(
        "scope.hidden_record",
        "Somebody else's record answers not found, never forbidden",
        "Capabilities (project decision)",
    ),
    # Not included
    Requirement(
        "excluded.configuration",
        "No tool edits meeting types, working hours or other configuration",
        "What's Not Included Yet",
    ),
    Requirement(
        "excluded.audit_and_orchestration",
        "No tool reads the BookIt audit log or LeanData Orchestration",
        "What's Not Included Yet",
    ),
    Requirement(
        "excluded.usage_dashboards",
        "Nothing shows customers how their agents use MCP; logs stay inside",
        "What's Not Included Yet",
    ),
    # Prerequisites
    Requirement(
        "prerequisite.license",
        "An active BookIt licence is needed; without one the org cannot be enabled",
        "Prerequisites",
    ),
    Requirement(
        "prerequisite.eca",
        "Salesforce login needs the LeanDataECA package; without it the person is told so, with the install link",
        "Getting Started, Option A",
    ),
    Requirement(
        "prerequisite.eca_only_sign_in",
        "LeanDataECA holds sign-in only and adds no other functionality",
        "Getting Started, Option A",
    ),
    Requirement(
        "prerequisite.view_all_data",
        "An org connection without View All Data has availability and actions off, by name and with the reason",
        "Prerequisites (project decision)",
    ),
    # Getting started
    Requirement(
        "start.install_for_admins_only",
        "The sign-in package is installed for admins only, and who lacks it is told so",
        "Getting Started, Option A",
    ),
    Requirement(
        "start.enable",
        "An org must be enabled by an admin before anybody signs in",
        "Getting Started, Step 1",
    ),
    Requirement(
        "start.integration_page",
        "The integration page has Enable, the server URL, Get Started and Update Settings",
        "Getting Started, Step 1",
    ),
    Requirement(
        "start.discoverable",
        "Once connected, tools are discoverable and no more configuration is needed",
        "Getting Started, Step 3",
    ),
    Requirement(
        "code.by_admin",
        "A one-time code is generated by an admin from the integration page and e-mailed",
        "Getting Started, Option B",
    ),
    Requirement("code.single_use", "A one-time code works once", "One-Time Code lifecycle"),
    Requirement(
        "code.expiry",
        "A one-time code expires 10 minutes after issuance",
        "One-Time Code lifecycle",
    ),
    # Security and privacy
    Requirement(
        "security.no_passwords",
        "No passwords or API keys are distributed: only OAuth tokens, bound to this server",
        "Security & Privacy",
    ),
    Requirement(
        "security.encryption_at_rest",
        "Credentials are encrypted at rest with AES-256-GCM",
        "Security & Privacy",
    ),
    Requirement(
        "security.no_credentials_out",
        "No raw OAuth token or other credential surfaces through MCP",
        "Security & Privacy",
    ),
    Requirement(
        "security.audit",
        "Every tool call is logged on the server for internal auditability",
        "Security & Privacy",
    ),
    Requirement(
        "security.retention",
        "What is kept is deleted after its time, which a setting governs",
        "Security & Privacy",
    ),
    Requirement(
        "security.no_llm_keys",
        "No LLM provider key is accepted or stored: there is no setting, field or argument for one",
        "Security & Privacy",
    ),
    Requirement(
        "security.rate_limits",
        "A looping model meets a limit instead of the org's",
        "Security & Privacy (project decision)",
    ),
)
