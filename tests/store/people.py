"""The client's request and the person that the store's tests sign in with."""

from app.store.authorizations import AuthorizationRequest
from app.store.codes import Codes, Person
from app.store.tokens import IssuedTokens, Tokens

ORG = "00D000000000001AAA"
OTHER_ORG = "00D000000000002AAA"
USER = "005000000000001AAA"
OTHER_USER = "005000000000002AAA"
AUDIENCE = "https://bookit-mcp.example/mcp"

REQUEST = AuthorizationRequest(
    client_id="client-1",
    redirect_uri="http://127.0.0.1:3118/callback",
    redirect_uri_explicit=True,
    state="the client's state",
    code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    resource=AUDIENCE,
    scopes=("bookit",),
)


def person(org_id: str = ORG, user_id: str = USER, scope: str = "admin") -> Person:
    return Person(org_id=org_id, user_id=user_id, username="admin@demo.example", scope=scope)


async def sign_in(codes: Codes, tokens: Tokens, who: Person | None = None) -> IssuedTokens:
    """Through code and exchange, as the endpoints do it."""
    code = await codes.take(await codes.issue(REQUEST, who or person()))
    assert code is not None
    return await tokens.issue(code.family_id, scopes=code.scopes, audience=code.resource)
