"""The people of the demo org: who they are, where they sit, what they may do, and what is wrong with some of them."""

from __future__ import annotations

from dataclasses import dataclass

ADMIN_PROFILE = "System Administrator"
STANDARD_PROFILE = "Standard User"
MINIMUM_PROFILE = "Minimum Access - Salesforce"

FULL_ACCESS = "LeanData_Custom_Objects_Full_Access"
DASHBOARD = "LeanData_Dashboard_Access"
POOL_MANAGER = "Pool_Manager"
BOOKIT_MANAGER = "BookIt_Manager"
ORG_CONNECTION = "BookIt_MCP_Org_Connection"


@dataclass(frozen=True, slots=True)
class Person:
    """One user. handle is his username's part before `@demo.example`, and his e-mail's too.

    sets: permission sets by API name, of namespace LeanData but for ORG_CONNECTION, which has none.
    group: he also gets Dashboard Access through the group.
    expired: the assignment of his sets ended yesterday. calendar: the status of his calendar connection.
    """

    handle: str
    first: str
    last: str
    zone: str
    title: str
    profile: str = STANDARD_PROFILE
    sets: tuple[str, ...] = (DASHBOARD,)
    group: bool = False
    expired: bool = False
    active: bool = True
    calendar: str = "Connected"
    provider: str = "Google"
    paused: bool = False
    on_vacation: bool = False

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


LOS_ANGELES = "America/Los_Angeles"
DENVER = "America/Denver"
CHICAGO = "America/Chicago"
NEW_YORK = "America/New_York"
LONDON = "Europe/London"
DUBAI = "Asia/Dubai"
KOLKATA = "Asia/Kolkata"
SINGAPORE = "Asia/Singapore"
SYDNEY = "Australia/Sydney"

ADMINS = (
    Person(
        "admin", "Ada", "Lindqvist", NEW_YORK, "Revenue Operations Lead", ADMIN_PROFILE, (FULL_ACCESS, ORG_CONNECTION)
    ),
    Person("both", "Bruno", "Keller", LONDON, "Revenue Operations", STANDARD_PROFILE, (FULL_ACCESS, DASHBOARD)),
    Person(
        "integration", "BookIt", "Integration", "UTC", "Integration user", ADMIN_PROFILE, (FULL_ACCESS, ORG_CONNECTION)
    ),
)

WEST = (
    Person("rep1", "Riley", "Carter", LOS_ANGELES, "Account Executive"),
    Person("rep2", "Morgan", "Diaz", LOS_ANGELES, "Account Executive", calendar="Not Connected"),
    Person("rep3", "Casey", "Nguyen", LOS_ANGELES, "Account Executive", provider="Microsoft 365"),
    Person("rep4", "Avery", "Thompson", DENVER, "Account Executive", calendar="Expired"),
    Person("rep5", "Quinn", "Ramirez", DENVER, "Account Executive", paused=True),
    Person("rep6", "Jamie", "O'Neill", LOS_ANGELES, "Senior Account Executive", on_vacation=True),
    Person("rep7", "Skyler", "Brooks", CHICAGO, "Account Executive", calendar="Not Connected"),
    Person("rep8", "Rowan", "Fischer", CHICAGO, "Account Executive"),
)

AMEA = (
    Person("rep9", "Priya", "Raman", KOLKATA, "Enterprise Account Executive"),
    Person("rep10", "Arjun", "Mehta", KOLKATA, "Enterprise Account Executive", provider="Microsoft 365"),
    Person("rep11", "Mei", "Tan", SINGAPORE, "Enterprise Account Executive"),
    Person("rep12", "Hassan", "Al Mansoori", DUBAI, "Enterprise Account Executive", on_vacation=True),
    Person("rep13", "Olivia", "Bennett", SYDNEY, "Enterprise Account Executive", calendar="Expired"),
    Person("rep14", "Liam", "Walker", SYDNEY, "Enterprise Account Executive", provider="Microsoft 365"),
    Person("rep15", "Noor", "Haddad", DUBAI, "Enterprise Account Executive"),
)

SDRS = (
    Person("rep16", "Taylor", "Reed", NEW_YORK, "Sales Development Representative"),
    Person("rep17", "Jordan", "Price", NEW_YORK, "Sales Development Representative", provider="Microsoft 365"),
    Person("rep18", "Sam", "Okafor", LONDON, "Sales Development Representative"),
    Person("rep19", "Alex", "Moreno", CHICAGO, "Sales Development Representative"),
    Person("rep20", "Alex", "Morgan", NEW_YORK, "Sales Development Representative", paused=True),
    Person("rep21", "Devon", "Clarke", LONDON, "Sales Development Representative", on_vacation=True),
    Person("rep22", "Harper", "Lewis", LOS_ANGELES, "Sales Development Representative"),
    Person("rep23", "Emery", "Stone", DENVER, "Sales Development Representative", calendar="Not Connected"),
    Person("rep24", "Reese", "Novak", CHICAGO, "Sales Development Representative"),
)

UNPOOLED = (
    Person("rep25", "Zoë", "Laurent", LONDON, "Customer Success Manager"),
    Person("rep26", "Kai", "Yamamoto", SINGAPORE, "Solutions Engineer", provider="Microsoft 365"),
    Person("rep27", "Blake", "Foster", NEW_YORK, "Solutions Engineer"),
    Person("rep28", "Imani", "Osei", LONDON, "Solutions Engineer"),
    Person("rep29", "Luca", "Moretti", LONDON, "Customer Success Manager"),
    Person("rep30", "Dana", "Whitfield", DENVER, "Customer Success Manager"),
)

SPECIAL = (
    Person("group", "Gale", "Underwood", CHICAGO, "Account Manager", sets=(), group=True),
    Person("expired", "Evan", "Marsh", NEW_YORK, "Contractor", expired=True),
    Person("nosets", "Nina", "Soto", NEW_YORK, "Marketing", sets=(), calendar="Not Connected"),
    Person("poolmanager1", "Paula", "Grant", LOS_ANGELES, "Pool manager", sets=(POOL_MANAGER,)),
    Person("poolmanager2", "Pedro", "Alves", LONDON, "Pool manager", sets=(POOL_MANAGER, DASHBOARD)),
    Person("bookitmanager", "Bea", "Holm", LONDON, "BookIt manager", sets=(BOOKIT_MANAGER,)),
    Person("inactive", "Ines", "Costa", LONDON, "Former Account Executive", active=False),
    Person("minimum", "Milo", "Hart", CHICAGO, "Partner manager", profile=MINIMUM_PROFILE),
)

LEADERS = (
    Person("vp", "Victoria", "Sandoval", NEW_YORK, "VP Sales"),
    Person("managerwest", "Gustav", "Whitlock", LOS_ANGELES, "Sales manager, West"),
    Person("manageramea", "Hanneke", "Vos", SINGAPORE, "Sales manager, AMEA"),
    Person("managersdr", "Tobias", "Lund", NEW_YORK, "Sales development manager"),
)
"""They stand above the reps in the role hierarchy, and sign in with the scope of any rep."""

REPS = (*WEST, *AMEA, *SDRS, *UNPOOLED)
EVERYBODY = (*ADMINS, *REPS, *SPECIAL, *LEADERS)
