"""The form of certificates, each rule by the words that it gives."""

import pytest
from cryptography import x509

from nf.pki.certificate import read
from nf.pki.form import form_fault, leaf_form_fault
from tests.pki.suite.constraints import dns, limits
from tests.pki.suite.der import context, implicit, seq
from tests.pki.suite.workshop import Ext, hard, identifier, key, leaf, of_issuer, root, sans, soft

TOP = root()
OWN = key("form")
AKI = "2.5.29.35"
POLICIES = x509.PolicyConstraints(require_explicit_policy=3, inhibit_policy_mapping=None)


def fault(made, *, anchor=False) -> str:
    found = form_fault(read(made.der), anchor=anchor)
    return "" if found is None else found.detail or found.reason.value


@pytest.mark.parametrize(("made", "words"), [
    (leaf(TOP), ""), (leaf(TOP, version=0, ku=None, eku=None, ski=None, aki=None, san=None), "not-x509v3"),
    (leaf(TOP, serial=0), "serial number is not a positive number of at most 20 octets"),
    (leaf(TOP, serial=1 << 160), "serial number is not a positive number of at most 20 octets"),
    (leaf(TOP, issuer=seq()), "issuer has no name"),
    (leaf(TOP, aki=hard(of_issuer(TOP.key))), "extension 2.5.29.35 is critical"),
    (leaf(TOP, ski=hard(x509.SubjectKeyIdentifier(b"1"))), "extension 2.5.29.14 is critical"),
    (leaf(TOP, more=[soft(POLICIES)]), "extension 2.5.29.36 is not critical"), (leaf(TOP, more=[hard(POLICIES)]), ""),
    (leaf(TOP, more=[Ext("1.3.6.1.5.5.7.1.1", seq())]), "authorityInfoAccess is empty"),
    (leaf(TOP, aki=Ext(AKI, seq())), "authorityKeyIdentifier identifies no key"),
    (leaf(TOP, aki=Ext(AKI, seq(context(1, context(4, seq())), implicit(2, b"\x05")))), ""),
    (root(aki=soft(of_issuer(OWN))), "self-signed certificate names another key as its signer's"),
    (root(key=OWN, aki=Ext(AKI, seq(implicit(0, identifier(OWN))))), "")])
def test_every_certificate(made, words):
    assert fault(made) == words


def test_an_anchor_may_have_any_serial_number():
    assert fault(root(serial=0), anchor=True) == fault(root(serial=1 << 170), anchor=True) == ""
    assert fault(root(serial=0))


@pytest.mark.parametrize(("made", "words"), [
    (leaf(TOP), ""), (leaf(TOP, san=None), ""), (leaf(TOP, common="", san=hard(sans("a.test"))), ""),
    (leaf(TOP, common=""), "subjectAltName is not critical where the subject is empty"),
    (leaf(TOP, san=hard(sans("a.test"))), "subjectAltName is critical beside a subject"),
    (leaf(TOP, nc=limits([dns("a.test")])), "name constraints in the server's own certificate"),
    (leaf(TOP, san=Ext("2.5.29.17", seq(implicit(7, bytes(8))))), "subjectAltName holds a network in place of an address")])
def test_the_servers_own(made, words):
    found = leaf_form_fault(read(made.der))
    assert ("" if found is None else found.detail) == words
