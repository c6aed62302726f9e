"""How the pieces of sign-in, and the gateway that they share with everything else, are put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.clock import Clock
from app.mail.notices import Notices
from app.org.gateway import Gateway
from app.org.schema_map import SchemaMap
from app.settings import Settings
from app.signin.access_tokens import AccessTokens
from app.signin.admin_rights import AdminRights
from app.signin.callers import Callers
from app.signin.code_callers import CodeCallers
from app.signin.connection_watch import ConnectionWatch
from app.signin.disable import Disabling
from app.signin.enable import EnableDeps
from app.signin.endings import Endings
from app.signin.grants import StoredGrants
from app.signin.hosts import SalesforceHosts
from app.signin.one_time_codes import OneTimeCodes
from app.signin.org_checks import OrgChecks
from app.signin.org_rechecks import OrgRechecks
from app.signin.salesforce import SalesforceLogin
from app.signin.scope import ScopeReader
from app.signin.sign_in import SignIn
from app.signin.standing import StandingReader
from app.signin.unused_grants import UnusedGrants
from app.store.counters import Counters
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.grants import Grants
from app.store.leases import Leases
from app.store.one_time_codes import OneTimeCodes as CodeTable
from app.store.orgs import Orgs
from app.store.sign_ins import SignIns
from app.store.tokens import Tokens
from soql.statements import StatementFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInServices:
    """One of each for the process."""

    gateway: Gateway
    hosts: SalesforceHosts
    login: SalesforceLogin
    grants: StoredGrants
    callers: Callers
    endings: Endings
    sign_in: SignIn
    orgs: Orgs
    tokens: Tokens
    sign_ins: SignIns
    access_tokens: AccessTokens
    enabling: EnableDeps
    rechecks: OrgRechecks
    checks: OrgChecks
    disabling: Disabling
    admin_rights: AdminRights
    unused_grants: UnusedGrants
    one_time_codes: OneTimeCodes

    @classmethod
    def build(
        cls,
        settings: Settings,
        database: Database,
        keyring: Keyring,
        *,
        statements: Mapping[str, StatementFile],
        schema_map: SchemaMap,
        clock: Clock,
        tools: Mapping[str, Collection[str]] | None = None,
    ) -> SignInServices:
        """tools: the names of the statements that each tool or argument runs, to say which of them an org turns off."""
        orgs, tokens, sign_ins = Orgs(database, clock), Tokens(database, clock), SignIns(database, clock)
        hosts = SalesforceHosts(settings.salesforce_trusted_origin)
        login = SalesforceLogin(settings, hosts)
        leases = Leases(database, clock)
        grants = StoredGrants(Grants(database, keyring, clock), leases, orgs, tokens, login, clock)
        gateway = Gateway(settings, statements, schema_map, grants, clock)
        scopes = ScopeReader(schema_map.permission_sets, clock)
        standings = StandingReader(gateway, scopes)
        notices = Notices.build(settings)
        watch = ConnectionWatch(orgs, notices, settings.public_url, clock)
        checks = OrgChecks(gateway, orgs, watch, clock, tools)
        access_tokens = AccessTokens(tokens, clock)
        endings = Endings(tokens, sign_ins, grants, access_tokens)
        code_callers = CodeCallers(gateway, grants, standings, sign_ins, endings, watch, clock)
        callers = Callers(orgs, sign_ins, grants, standings, endings, code_callers, clock)
        return cls(
            gateway=gateway,
            hosts=hosts,
            login=login,
            grants=grants,
            callers=callers,
            endings=endings,
            sign_in=SignIn(checks, grants, standings, callers, login),
            orgs=orgs,
            tokens=tokens,
            sign_ins=sign_ins,
            access_tokens=access_tokens,
            checks=checks,
            disabling=Disabling(orgs, endings, callers),
            admin_rights=AdminRights(gateway, scopes),
            unused_grants=UnusedGrants(grants, leases, clock),
            rechecks=OrgRechecks(checks, gateway, orgs, leases, clock),
            one_time_codes=OneTimeCodes(
                CodeTable(database, clock),
                Counters(database, clock),
                orgs,
                checks,
                code_callers,
                notices,
                settings.public_url,
                clock,
            ),
            enabling=EnableDeps(
                gateway=gateway,
                standings=standings,
                checks=checks,
                grants=grants,
                orgs=orgs,
                login=login,
                endings=endings,
            ),
        )
