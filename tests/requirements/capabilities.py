"""The guide's two tables of capabilities: each cell, each group that a look-up names, and what writes promise."""

from tests.requirements.requirement import Requirement

CAPABILITIES = (
    # Read capabilities, each cell
    Requirement(
        "read.meetings.admin",
        "Admin queries any meeting in the org",
        "Read Capabilities: Meeting log queries",
    ),
    Requirement(
        "read.meetings.user",
        "User queries only meetings they host or are on",
        "Read Capabilities: Meeting log queries",
    ),
    Requirement(
        "read.meetings.filters",
        "Meetings are filtered by meeting type, host, status, date range and booking method",
        "Read Capabilities: Meeting log queries",
    ),
    *(
        Requirement(f"read.{capability}.{scope}", text, f"Read Capabilities: {row}")
        for capability, row, admin, user in (
            (
                "availability",
                "Availability preview",
                "Admin previews availability of any user or pool by meeting type",
                "User previews their own availability only",
            ),
            (
                "user",
                "User lookup",
                "Admin looks up any user: identity, schedule, integrations and access, links library",
                "User looks up themselves only",
            ),
            (
                "pool",
                "Pool lookup",
                "Admin looks up any count-based pool: identity, configuration, membership and history",
                "Pool lookup is not available to User",
            ),
            (
                "meeting_type",
                "Meeting type lookup",
                "Admin looks up any meeting type: scheduling, form and flow, presentation",
                "User looks up any meeting type",
            ),
            (
                "counts",
                "Counts & calibrations",
                "Admin views member order, counts, calibration history and why a rep was chosen",
                "Counts are not available to User",
            ),
            (
                "links",
                "Scheduling links",
                "Admin retrieves any link in the org by user, team or meeting type; My Links works",
                "User retrieves their own links only",
            ),
        )
        for scope, text in (("admin", admin), ("user", user))
    ),
    Requirement(
        "read.availability.rules",
        "Availability respects working hours, vacations and meeting type limits",
        "Read Capabilities: Availability preview",
    ),
    # Read capabilities, what each group names
    *(
        Requirement(f"read.{look_up}.{group}", text, f"Read Capabilities: {row}")
        for look_up, row, groups in (
            (
                "user",
                "User lookup",
                {
                    "identity": "Identity: user ID, name, email, phone number, profile picture URL",
                    "schedule": "Schedule: time zone, working hours, vacations, pausing status",
                    "integrations": "Integrations and access: conferencing providers, authorization status, products",
                    "links_library": "Links library: the booking links that the user owns",
                },
            ),
            (
                "pool",
                "Pool lookup",
                {
                    "identity": "Identity and description: pool ID, name, type, description",
                    "configuration": "Configuration: weighting, auto-calibration setting, product access",
                    "membership": "Membership and history: member count and details, created date, last modified info",
                },
            ),
            (
                "meeting_type",
                "Meeting type lookup",
                {
                    "scheduling": "Scheduling: time slots, daily and weekly limits, working hours",
                    "form": "Form and flow: form fields, notifications",
                    "presentation": "Presentation: branding and styling",
                },
            ),
            (
                "counts",
                "Counts & calibrations",
                {
                    "order": "The order of a pool's members and its calibration history show that turns are fair",
                    "why": "Why a specific rep was selected for a meeting is answered",
                },
            ),
            (
                "links",
                "Scheduling links",
                {
                    "filters": "Links are found by user, team or meeting type",
                    "my_links": "My Links gives reps and agents their own links on demand",
                },
            ),
        )
        for group, text in groups.items()
    ),
    # Write capabilities, each cell
    *(
        Requirement(f"write.{capability}.{scope}", text, f"Write Capabilities: {row}")
        for capability, row, admin, user in (
            (
                "book",
                "BookIt for Forms routing & booking",
                "Admin routes a prospect to an available rep and books on any meeting type",
                "Routing and booking are not available to User",
            ),
            (
                "cancel",
                "Cancel, reschedule, request credit",
                "Admin cancels, reschedules or requests credit on any meeting",
                "User cancels, reschedules or requests credit on their own meetings",
            ),
            (
                "reassign",
                "Reassign meetings",
                "Admin reassigns any meeting to another pool member at the same time",
                "Reassigning is not available to User",
            ),
            (
                "credit_review",
                "Credit request management",
                "Admin approves or denies any credit request",
                "Reviewing credit requests is not available to User",
            ),
        )
        for scope, text in (("admin", admin), ("user", user))
    ),
    Requirement(
        "write.credit_reasons",
        "A credit is requested for a no-show, an unqualified prospect or another reason",
        "Write Capabilities: Cancel, reschedule, request credit",
    ),
    Requirement(
        "write.reassign.same_time",
        "A reassigned meeting keeps its date and time, and goes to another member of its pool",
        "Write Capabilities: Reassign meetings",
    ),
    Requirement(
        "write.sms_off",
        "SMS reminders are always off, because consent cannot be collected",
        "Write Capabilities: BookIt for Forms routing & booking",
    ),
    Requirement(
        "write.reassign.version_7",
        "On 7.x a reassignment answers a generic error",
        "Write Capabilities: Reassign meetings",
    ),
    Requirement(
        "write.confirmation",
        "Write actions go through a confirmation",
        "Important Considerations",
    ),
)
