"""Ending sign-ins, and with the last one of a user his grant at Salesforce."""

from __future__ import annotations

from app import metrics
from app.signin.access_tokens import AccessTokens
from app.signin.grants import StoredGrants
from app.store.sign_ins import SignIns
from app.store.tokens import TokenRecord, Tokens


class AccessEnded(Exception):
    """The token's person may come in no more. `because` is for our log; the client is told to sign in again."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class Endings:
    """Everything that ends access goes through here, so that no grant outlives its last use, and this process forgets
    at once what it knew of the tokens."""

    def __init__(self, tokens: Tokens, sign_ins: SignIns, grants: StoredGrants, access_tokens: AccessTokens) -> None:
        self._tokens = tokens
        self._access_tokens = access_tokens
        self._sign_ins = sign_ins
        self._grants = grants

    async def revoke(self, token: str, client_id: str) -> TokenRecord | None:
        """Ends the sign-in of a token that its client gives back. None: not a token of that client."""
        record = await self._tokens.revoke_token(token, client_id=client_id)
        if record is not None:
            self._access_tokens.forget_family(record.family_id)
            await self.give_back_unused(record.org_id, record.user_id)
        return record

    async def end_family(self, org_id: str, family_id: str, *, because: str) -> bool:
        """Ends one sign-in of an org. False when the org has no such living sign-in."""
        sign_in = await self._sign_ins.find(family_id)
        if sign_in is None or sign_in.org_id != org_id:
            return False
        ended = await self._tokens.revoke_family(family_id, because=because)
        self._access_tokens.forget_family(family_id)
        await self.give_back_unused(org_id, sign_in.user_id)
        return ended > 0

    async def end_org(self, org_id: str, *, because: str) -> int:
        """Ends every sign-in of an org and gives back every grant, the org connection too. Returns the sign-ins."""
        ended = await self._tokens.revoke_org(org_id, because=because)
        self._access_tokens.forget_org(org_id)
        await self._grants.give_back_all(org_id)
        return ended

    async def end_user(self, org_id: str, user_id: str, *, because: str) -> None:
        """Ends every sign-in of a user who has lost his access."""
        await self._tokens.revoke_user(org_id, user_id, because=because)
        self._access_tokens.forget_user(org_id, user_id)
        metrics.note_refusal("access", because)
        await self.give_back_unused(org_id, user_id)

    async def end_codes(self, org_id: str, *, because: str) -> None:
        """Ends every sign-in by one-time code of an org whose connection may not act for them any more."""
        await self._tokens.revoke_codes(org_id, because=because)
        self._access_tokens.forget_user(org_id, None)
        metrics.note_refusal("access", because)

    async def give_back_unused(self, org_id: str, user_id: str | None) -> None:
        """Gives the user's grant back to Salesforce unless a sign-in of his still lives. A sign-in by one-time code
        (None) has none."""
        if user_id is not None and not await self._sign_ins.of_user(org_id, user_id):
            await self._grants.give_back(org_id, user_id)
