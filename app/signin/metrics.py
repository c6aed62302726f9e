"""What the operator can see of sign-ins."""

from prometheus_client import Counter

SIGNED_IN = Counter("bookit_mcp_sign_ins", "Sign-ins with Salesforce that ended well", ["scope"])
REFUSED = Counter("bookit_mcp_sign_ins_refused", "Sign-ins with Salesforce that were refused", ["kind"])
ACCESS_ENDED = Counter("bookit_mcp_access_ended", "Accesses that a later check ended", ["because"])
REFRESHED = Counter("bookit_mcp_salesforce_refreshes", "Refreshes of Salesforce tokens", ["outcome"])
