"""The letter of the standards, for those who ask for it: what is otherwise let pass on purpose is rejected."""

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki import AuthFailure, verify_server_chain
from tests.pki.suite import constraints, graphs, keys, lengths, names, purposes, structure, validity
from tests.pki.suite.der import context, implicit, seq
from tests.pki.suite.workshop import CLIENT, NOW, SERVER, Ext, Made, hard, leaf, middle, root, soft
from tests.pki.suite.workshop import purposes as usages

TOP = root()


def judge(*chain: Made, anchor: Made = TOP, strict: bool = True):
    return verify_server_chain([one.der for one in chain], [anchor.der], "example.com", NOW, strict=strict)


def test_nothing_is_accepted_against_the_letter():
    groups = (names, validity, lengths, constraints, graphs, structure, keys, purposes)
    cases = [case for group in groups for case in group.cases()]
    wrong = [case.name for case in cases if not case.valid and verify_server_chain(
        case.chain, case.anchors, case.host, case.at, case.crls, case.policy, strict=True).ok]
    assert len(cases) > 450
    assert wrong == []


LOOSE = Ext("2.5.29.35", seq(implicit(0, x509.SubjectKeyIdentifier.from_public_key(TOP.key.public_key()).digest),
                             context(1, context(4, TOP.subject)), implicit(2, b"\x05")))


@pytest.mark.parametrize(("chain", "anchor", "depth", "words"), [
    ([leaf(TOP, aki=None)], TOP, 0, "authorityKeyIdentifier is missing"),
    ([leaf(m := middle(TOP, aki=None)), m], TOP, 1, "authorityKeyIdentifier is missing"),
    ([leaf(m := middle(TOP, ski=None), aki=None), m], TOP, 0, "authorityKeyIdentifier is missing"),
    ([leaf(m := middle(TOP, ski=None)), m], TOP, 1, "subjectKeyIdentifier is missing"),
    ([leaf(t := root(ski=None))], t, 1, "subjectKeyIdentifier is missing"),
    ([leaf(TOP, eku=hard(usages(SERVER)))], TOP, 0, "extendedKeyUsage is critical"),
    ([leaf(TOP, eku=soft(usages(SERVER, ExtendedKeyUsageOID.CODE_SIGNING)))], TOP, 0, "extendedKeyUsage is for more than TLS"),
    ([leaf(t := root(eku=soft(usages(SERVER))))], t, 1, "a root has extendedKeyUsage"),
    ([leaf(t := root(bc=soft(x509.BasicConstraints(True, None))))], t, 1, "basicConstraints is not critical")])
def test_what_is_let_pass_otherwise(chain, anchor, depth, words):
    assert judge(*chain, anchor=anchor, strict=False).ok
    verdict = judge(*chain, anchor=anchor)
    assert verdict.reason is AuthFailure.BAD_EXTENSION
    assert (verdict.depth, verdict.detail) == (depth, f"strict: {words}")


def test_issuer_and_serial_beside_a_key_identifier():
    top = root(serial=5, key=TOP.key, aki=LOOSE)
    assert judge(leaf(top), anchor=top, strict=False).ok
    assert judge(leaf(top), anchor=top).detail == "strict: authorityKeyIdentifier is more than a key identifier"


def test_what_keeps_to_the_letter_is_accepted():
    between = middle(TOP, eku=soft(usages(SERVER, CLIENT)))
    assert judge(leaf(between, eku=soft(usages(SERVER, CLIENT))), between).ok
