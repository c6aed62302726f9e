"""What the endpoints work with. Built once by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from app.clock import Clock
from app.oauth.client_documents.fetching import DocumentFetcher
from app.oauth.client_documents.reading import ClientDocuments
from app.oauth.new_clients import NewClients
from app.settings import Settings
from app.signin.services import SignInServices
from app.store.authorizations import Authorizations
from app.store.clients import Clients
from app.store.codes import Codes
from app.store.counters import Counters
from app.store.database import Database
from app.store.encryption import Keyring
from app.web.pages import Pages

MCP_PATH = "/mcp"
AUTHORIZE_PATH = "/authorize"
CONSENT_PATH = "/authorize/consent"
CALLBACK_PATH = "/signin/salesforce/callback"
"""Also in the External Client App's callback URLs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthDeps:
    """Everything behind the OAuth endpoints."""

    settings: Settings
    pages: Pages
    clients: Clients
    new_clients: NewClients
    documents: ClientDocuments
    authorizations: Authorizations
    codes: Codes
    services: SignInServices

    @classmethod
    def build(
        cls,
        settings: Settings,
        database: Database,
        keyring: Keyring,
        services: SignInServices,
        clock: Clock,
        *,
        fetcher: DocumentFetcher | None = None,
    ) -> OAuthDeps:
        """The dependencies over one database. fetcher: None for one that resolves and trusts as this machine does."""
        clients, counters = Clients(database, clock), Counters(database, clock)
        new_clients = NewClients(clients, counters, clock, settings.registrations_per_hour)
        documents = ClientDocuments(
            clients,
            counters,
            new_clients,
            fetcher or DocumentFetcher(),
            clock,
            trusted_origin=settings.client_metadata_trusted_origin,
        )
        return cls(
            settings=settings,
            pages=Pages(),
            clients=clients,
            new_clients=new_clients,
            documents=documents,
            authorizations=Authorizations(database, keyring, clock),
            codes=Codes(database, clock),
            services=services,
        )

    @property
    def issuer(self) -> str:
        """Our identity as an authorization server: the public origin, without a trailing slash (RFC 8414)."""
        return self.settings.public_url

    @property
    def resource(self) -> str:
        """The one resource that tokens are for (RFC 8707)."""
        return self.settings.public_url + MCP_PATH

    @property
    def callback_url(self) -> str:
        """Where Salesforce sends the browser back to."""
        return self.settings.public_url + CALLBACK_PATH

    def is_our_resource(self, resource: str) -> bool:
        """True for our resource, a trailing slash aside."""
        return resource.removesuffix("/") == self.resource
