"""The clients whose ids are URLs: read when somebody begins a sign-in, kept for as long as the document allows."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app import metrics
from app.clock import Clock
from app.oauth.client_documents.contents import client_details
from app.oauth.client_documents.fetching import DocumentFetcher
from app.oauth.client_documents.refused import DocumentRefused, Reason
from app.oauth.client_documents.urls import LONGEST_CLIENT_ID, DocumentUrl, document_url
from app.oauth.new_clients import NewClients, TooManyClients
from app.signin.single_flight import SingleFlight
from app.store.clients import Client, Clients
from app.store.counters import Counters
from app.store.secrets import hash_token

SHORTEST = timedelta(minutes=5)
USUAL = timedelta(hours=1)
"""For a document whose headers say nothing."""
LONGEST = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
READINGS_PER_MINUTE = 30
"""Of one host, over all replicas: nobody makes a flood for somebody else out of us."""

log = structlog.stdlib.get_logger(__name__)


class ClientDocuments:
    """Metadata documents as clients of the store.

    Only an authorize request reads one. A token request never does: a sign-in that lives goes on with the document that
    it began with, also while the client's host is down. A new sign-in needs a fresh one, for its redirect URIs may have
    been taken back. What was refused is not remembered.
    """

    def __init__(
        self,
        clients: Clients,
        counters: Counters,
        new_clients: NewClients,
        fetcher: DocumentFetcher,
        clock: Clock,
        *,
        trusted_origin: str | None,
    ) -> None:
        self._clients = clients
        self._counters = counters
        self._new_clients = new_clients
        self._fetcher = fetcher
        self._clock = clock
        self._trusted_origin = trusted_origin
        self._flights = SingleFlight[str, Client]()

    async def read(self, client_id: str) -> Client:
        """The client of that URL, its document fresh. Raises DocumentRefused."""
        known = await self._clients.find(client_id)
        if known is not None and known.fresh_until is not None and known.fresh_until > self._clock():
            return known
        try:
            url = document_url(client_id, self._trusted_origin)
            return await self._flights.run(client_id, lambda: self._read(url, is_known=known is not None))
        except DocumentRefused as refused:
            metrics.note_refusal("client_document", refused.reason.value)
            shown = client_id[:LONGEST_CLIENT_ID]
            log.info("client_document_refused", client_id=shown, reason=refused.reason.value, because=str(refused))
            raise

    async def _read(self, url: DocumentUrl, *, is_known: bool) -> Client:
        count = await self._counters.add(f"client_documents|{hash_token(url.host)}", MINUTE)
        if count.count > READINGS_PER_MINUTE:
            raise DocumentRefused(Reason.LIMIT, "Too many clients of this host were asked for. Wait a minute.")
        if not is_known:
            try:
                await self._new_clients.admit()
            except TooManyClients:
                raise DocumentRefused(Reason.LIMIT, "Too many new clients connect just now. Try again later.") from None
        fetched = await self._fetcher.fetch(url)
        details = client_details(fetched.body, url.url)
        kept = min(max(fetched.max_age if fetched.max_age is not None else USUAL, SHORTEST), LONGEST)
        client = await self._clients.save(url.url, details, fresh_until=self._clock() + kept)
        log.info("client_document_read", client_id=url.url, client_name=details["client_name"])
        return client
