"""Which addresses are of the public internet."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.oauth.client_documents.public_addresses import NotPublic, is_public, public_addresses
from tests.support.document_host import FakeNames

PUBLIC = ["8.8.8.8", "104.16.0.1", "2606:4700::1111", "2a00:1450:4001::200e"]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 (an address to refuse)
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::7f00:1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "",
    "localhost",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_all_others_are_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_never_public(inner: IPv4Address) -> None:
    value = int(inner)
    wrapped = [value, (0xFFFF << 32) | value, (0x64FF9B << 96) | value, (0x2002 << 112) | (value << 80)]
    assert not any(is_public(str(ip_address(each.to_bytes(16)))) for each in wrapped)


@pytest.mark.anyio
async def test_one_address_that_is_not_public_spoils_all() -> None:
    names = FakeNames({"mixed.example": [["8.8.8.8", "127.0.0.1"]]})
    with pytest.raises(NotPublic):
        await public_addresses("mixed.example", names)


@pytest.mark.anyio
async def test_a_name_is_resolved_once() -> None:
    names = FakeNames({"good.example": [["8.8.8.8"], ["127.0.0.1"]]})
    assert await public_addresses("good.example", names) == ["8.8.8.8"]
    assert names.asked == ["good.example"]
