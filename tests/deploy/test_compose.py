"""scripts/deploy/compose.yaml: what it refers to is there, and its parts come up in an order that works."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import yaml

from app.cli import COMMANDS
from app.edge.listening import SHUTDOWN_SECONDS
from tests.deploy.deploy_files import FOLDER

COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
SERVERS = [name for name, service in SERVICES.items() if service.get("command") == ["serve"]]
ADDRESSES = {
    name: service["networks"]["inside"]["ipv4_address"]
    for name, service in SERVICES.items()
    if isinstance(service["networks"], dict)
}


def test_two_replicas_wait_for_the_migration_and_that_for_the_database() -> None:
    assert len(SERVERS) == 2
    for name in SERVERS:
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert SERVICES["migrate"]["command"] == ["migrate"]
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "healthcheck" in SERVICES["database"]
    assert set(SERVICES["proxy"]["depends_on"]) == set(SERVERS)


def test_every_command_of_ours_exists() -> None:
    run = [service["command"][0] for service in SERVICES.values() if service.get("image") == "bookit-mcp"]
    assert set(run) == {"serve", "migrate"} <= set(COMMANDS)


def test_the_proxy_leads_to_the_replicas_and_they_believe_it() -> None:
    upstream = (FOLDER / "nginx" / "upstream.compose.conf").read_text(encoding="utf-8")
    led_to = re.findall(r"^\s*server ([\d.]+):(\d+)", upstream, re.MULTILINE)
    assert led_to == [(ADDRESSES[name], SERVICES[name]["environment"]["BOOKIT_MCP_PORT"]) for name in SERVERS]
    network = ipaddress.ip_network(COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"])
    assert all(ipaddress.ip_address(address) in network for address in ADDRESSES.values())
    for name in SERVERS:
        assert SERVICES[name]["environment"]["BOOKIT_MCP_TRUSTED_PROXIES"] == ADDRESSES["proxy"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_files_that_it_mounts_are_here() -> None:
    for volume in SERVICES["proxy"]["volumes"]:
        source = volume.partition(":")[0]
        assert source == "./tls" or (FOLDER / source).is_file(), source
    build = SERVICES["migrate"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).is_file()


def test_a_replica_may_finish_what_it_is_at() -> None:
    for name in SERVERS:
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > SHUTDOWN_SECONDS


def test_the_replicas_have_no_more_rights_than_they_need() -> None:
    for name in (*SERVERS, "migrate"):
        service = SERVICES[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
