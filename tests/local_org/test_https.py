"""The local org over https, with a certificate made at start."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
import requests
from cryptography import x509
from simple_salesforce.api import Salesforce

from app.clock import system_clock
from app.demo.processes import free_port
from app.local_org.https import Certificates, make_certificates
from app.local_org.org import LocalOrg
from app.local_org.schema.model import Schema
from tests.support.local_org import RunningLocalOrg, load_people, serving


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path, system_clock())


@pytest.fixture
def https_org(compiled_schema: Schema, certificates: Certificates) -> Generator[RunningLocalOrg]:
    org = LocalOrg(":memory:", compiled_schema, system_clock)
    load_people(org)
    with serving(org, certificates=certificates) as running:
        yield running
    org.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_that_trusts_the_authority_comes_in_by_either_name(
    https_org: RunningLocalOrg, certificates: Certificates, host: str
) -> None:
    url = https_org.url.replace("127.0.0.1", host)
    answer = requests.get(f"{url}/services/data/", verify=str(certificates.ca), timeout=10)
    assert answer.json()[-1]["version"] == "66.0"
    discovered = requests.get(f"{url}/.well-known/openid-configuration", verify=str(certificates.ca), timeout=10)
    assert discovered.json()["issuer"] == url


def test_a_client_that_does_not_is_stopped(https_org: RunningLocalOrg) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{https_org.url}/services/data/", timeout=10)


def test_simple_salesforce_needs_no_transport_of_ours(https_org: RunningLocalOrg, certificates: Certificates) -> None:
    app = https_org.controls.external_client_app.now
    admin = https_org.org.as_system().query("SELECT Id FROM User WHERE Username = 'admin@demo.example'")["records"][0]
    token = https_org.controls.tokens.grant(app, admin["Id"], "api").access_token
    with requests.Session() as session:
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
        session.verify = str(certificates.ca)
        client = Salesforce(session_id=token, instance_url=https_org.url, version="66.0", session=session)
        assert client.query("SELECT COUNT() FROM User")["totalSize"] == 5


def test_only_the_owner_reads_the_key_and_the_certificate_signs_nothing(certificates: Certificates) -> None:
    assert certificates.key.stat().st_mode & 0o777 == 0o600
    leaf = x509.load_pem_x509_certificate(certificates.certificate.read_bytes())
    assert leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(certificates.ca.read_bytes()))


def test_the_command_line_prints_the_authoritys_file_and_arms_faults(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "app.cli", "local-org", "--https", "--meetings", "0"),
                *("--fault", '{"kind":"unavailable","match":{"path":"/services/data/"},"skip":1}'),
                *("--url", f"http://127.0.0.1:{port}"),
            ],
            stderr=output,
        )
    try:
        while (found := re.search(r"signed by (\S+)", log.read_text())) is None:
            assert process.poll() is None, log.read_text()
        url = f"https://127.0.0.1:{port}"
        statuses = [_answer(f"{url}/services/data/", found[1]).status_code for _ in range(3)]
        assert statuses == [200, 503, 200]
        (armed,) = requests.get(f"{url}/__admin__/faults", verify=found[1], timeout=10).json()["faults"]
        assert (armed["met"], armed["due"]) == (1, 0)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert f"A Salesforce org at https://127.0.0.1:{port}." in log.read_text()
    assert not Path(found[1]).exists()


def _answer(url: str, ca: str) -> requests.Response:
    """The answer, once it listens."""
    for _ in range(100):
        try:
            return requests.get(url, verify=ca, timeout=10)
        except requests.exceptions.ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
