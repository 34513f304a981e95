"""Name constraints of the proxy's CA: never wider than OpenSSL's and the second verifier's."""

from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from nf.pki.authority import Authority
from nf.pki.constraints import Constraints
from nf.pki.interdict import new_signer
from nf.pki.standing import TRUSTED
from tests.pki.factory import CA, NOW, authority, judge, mint, server

ROOT = authority("Origin root")


def limits(permitted: list[x509.GeneralName] | None, excluded: list[x509.GeneralName] | None = None) -> Constraints:
    return Constraints((x509.NameConstraints(permitted, excluded),))


@pytest.mark.parametrize(("subtree", "name", "permitted", "excluded"), [
    ("test", "a.test", True, True), ("test", "TEST", True, True), ("test", "nottest", False, False),
    (".test", "a.test", True, True), (".test", "test", False, True), ("", "any.thing", True, True),
    ("b.a.test", "*.a.test", False, True), ("x.b.a.test", "*.a.test", False, True), ("a.test", "*.a.test", True, True),
    ("b.test", "*.a.test", False, False), ("a.test", "*.test", False, True)])
def test_dns_names_in_doubt_are_not_signed(subtree, name, permitted, excluded):
    dns, limit = x509.DNSName(name), x509.DNSName(subtree)
    assert limits([limit]).permits(dns) is permitted
    assert limits(None, [limit]).permits(dns) is not excluded


@pytest.mark.parametrize(("network", "address", "within"), [
    ("192.0.2.0/24", "192.0.2.9", True), ("192.0.2.0/24", "192.0.3.9", False), ("192.0.2.0/24", "2001:db8::1", False),
    ("2001:db8::/32", "2001:db8::1", True)])
def test_addresses(network, address, within):
    limit, name = x509.IPAddress(ip_network(network)), x509.IPAddress(ip_address(address))
    assert limits([limit]).permits(name) is within
    assert limits(None, [limit]).permits(name) is not within


def subject(**words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(getattr(NameOID, key), value) for key, value in words.items()])


def test_subjects():
    ours = subject(ORGANIZATION_NAME="Ours")
    inside, outside = subject(ORGANIZATION_NAME="Ours", COMMON_NAME="x"), subject(ORGANIZATION_NAME="Theirs")
    limit = limits([x509.DirectoryName(ours)])
    assert limit.permits_subject(inside)
    assert not limit.permits_subject(outside)
    without = limits(None, [x509.DirectoryName(ours)])
    assert without.permits_subject(outside)
    assert not without.permits_subject(subject(ORGANIZATION_NAME="OURS "))
    names = limits([x509.DNSName("test")])
    assert names.permits_subject(subject(COMMON_NAME="a.test"))
    assert names.permits_subject(subject(COMMON_NAME="Some Company Inc."))
    assert not names.permits_subject(subject(COMMON_NAME="evil.example"))


def test_types_without_a_subtree_are_free_and_all_cas_count():
    assert limits([x509.DNSName("test")]).permits(x509.IPAddress(ip_address("192.0.2.1")))
    both = Constraints(limits([x509.DNSName("test")]).constraints + limits([x509.DNSName("a.test")]).constraints)
    assert both.permits(x509.DNSName("a.test"))
    assert not both.permits(x509.DNSName("b.test"))
    assert Constraints.of(()) == Constraints()


def test_verifiers_agree_with_what_is_signed():
    minted = mint("Limited", None, (CA, x509.NameConstraints([x509.DNSName("test")], [x509.DNSName("no.test")])))
    signer = new_signer(Authority(minted.certificate, minted.key))
    forged = signer.forge(server(ROOT, name="a.test").certificate, TRUSTED, NOW).leaf
    assert judge(forged.public_bytes(Encoding.DER), anchors=[minted]).ok
