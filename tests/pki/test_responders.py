"""OCSP responders that are asked: which questions a chain leaves, what the answers come to, and what their absence."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from nf.pki import AuthFailure, CrlPolicy
from nf.pki.ocsp import SKEW
from nf.pki.responders import kept_until
from nf.policy.pki import OcspCheck
from tests.fuzz.fuzz_crls import crl
from tests.pki.factory import DAY, NOW, Minted, authority, judge, mint, server
from tests.pki.test_ocsp import GOOD, LEAF, MIDDLE, RESPONDER, REVOKED, ROOT, UNKNOWN, response

CHECK = OcspCheck(("http://ocsp.test/",))
POLICY = CrlPolicy(online={ROOT.der: CHECK})
BOTH = {LEAF.der: response(), MIDDLE.der: response(MIDDLE, issuer=ROOT, signer=ROOT)}


def verdict(said: dict[bytes, bytes | None], policy: CrlPolicy = POLICY, **how):
    return judge(LEAF, MIDDLE, anchors=[ROOT], crl_policy=policy, answers=lambda asked: said.get(asked.certificate), **how)


def policy(**changed: object) -> CrlPolicy:
    return CrlPolicy(online={ROOT.der: replace(CHECK, **changed)})


def test_every_certificate_below_the_anchor_is_asked_about_at_once():
    found = verdict({})
    assert found.reason is AuthFailure.OCSP_UNANSWERED
    assert [(one.certificate, one.issuer, one.urls) for one in found.questions] == [
        (LEAF.der, MIDDLE.der, CHECK.urls), (MIDDLE.der, ROOT.der, CHECK.urls)]
    assert [one.certificate for one in verdict({LEAF.der: response()}).questions] == [MIDDLE.der]


def test_answers_settle_it_without_lists_for_as_long_as_they_hold():
    found = verdict(BOTH, replace(POLICY, if_not_present="drop"))
    assert found.ok
    assert found.questions == ()
    assert found.valid_until == NOW + DAY
    fresh = BOTH | {LEAF.der: response(begins=NOW, ends=None)}
    assert verdict(fresh).valid_until == NOW + SKEW


def test_another_path_that_fails_leaves_nothing_unasked():
    excluded = x509.NameConstraints(None, [x509.DNSName("a.test")])
    narrow = authority("Root", None, excluded, key=ROOT.key, critical=(x509.BasicConstraints, x509.NameConstraints))
    for anchors in ([narrow, ROOT], [ROOT, narrow]):
        found = judge(LEAF, MIDDLE, anchors=anchors, crl_policy=POLICY)
        assert [one.certificate for one in found.questions] == [LEAF.der, MIDDLE.der]


def test_nobody_is_asked_where_no_profile_says_so():
    for other in (CrlPolicy(), replace(POLICY, disable=True), replace(POLICY, unchecked=frozenset({ROOT.der}))):
        assert verdict({}, other).ok


@pytest.mark.parametrize(("said", "reason"), [
    (response(status=REVOKED), AuthFailure.REVOKED), (response(status=UNKNOWN), AuthFailure.OCSP_UNKNOWN),
    (b"", AuthFailure.OCSP_UNANSWERED), (b"no response", AuthFailure.OCSP_UNANSWERED),
    (response(signer=ROOT), AuthFailure.OCSP_UNANSWERED)])
def test_what_an_answer_comes_to(said: bytes, reason: AuthFailure):
    found = verdict(BOTH | {LEAF.der: said})
    assert (found.reason, found.questions, found.depth) == (reason, (), 0)
    assert verdict({LEAF.der: said}).reason is reason  # whatever else there is to ask


def test_what_the_operator_says_of_unknown_and_held_certificates():
    assert verdict(BOTH | {LEAF.der: response(status=UNKNOWN)}, policy(accept_unknown_status=True)).ok
    held = BOTH | {LEAF.der: response(status=REVOKED, reason=x509.ReasonFlags.certificate_hold)}
    assert not verdict(held).ok
    assert verdict(held, replace(POLICY, ignore_hold=True)).ok


def test_no_answer_is_no_fault_or_a_matter_of_lists():
    silent = dict.fromkeys(BOTH, b"")
    lists = [crl(MIDDLE), crl(ROOT)]
    assert verdict(silent, policy(connection_failure="disable")).ok
    fallback = replace(policy(connection_failure="fallback-crl"), if_not_present="drop")
    assert verdict(silent, fallback).reason is AuthFailure.CRL_MISSING
    assert verdict(silent, fallback, crls=lists).ok
    assert verdict(silent, policy(), crls=lists).reason is AuthFailure.OCSP_UNANSWERED


def test_a_list_that_names_the_certificate_needs_no_answer():
    assert verdict({}, crls=[crl(MIDDLE, LEAF)]).reason is AuthFailure.REVOKED


@pytest.mark.parametrize(("own", "spared", "listed", "fine"), [
    ({}, False, False, True), ({}, False, True, False), ({}, True, True, True),
    ({"disable_responder_revocation_check": True}, False, True, True)])
def test_a_responder_that_a_list_names_is_not_believed(own: dict[str, bool], spared: bool, listed: bool, fine: bool):
    delegate = mint("Responder", MIDDLE, (RESPONDER, *[x509.OCSPNoCheck()] * spared))
    said = BOTH | {LEAF.der: response(signer=delegate, send=True)}
    assert verdict(said, policy(**own), crls=[crl(MIDDLE, delegate)] if listed else []).ok is fine


def _with_aia(*urls: str) -> Minted:
    access = x509.AuthorityInformationAccess([x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url)) for url in urls])
    return server(ROOT, access)


@pytest.mark.parametrize(("named", "configured", "asked"), [
    (("http://a.test/x", "https://b.test"), (), ("http://a.test/x",)),
    (("http://a.test/",), ("http://c.test/",), ("http://c.test/",)),
    (tuple(f"http://a.test/{number}" for number in range(9)), (), tuple(f"http://a.test/{number}" for number in range(3)))])
def test_whom_to_ask(named: tuple[str, ...], configured: tuple[str, ...], asked: tuple[str, ...]):
    found = judge(_with_aia(*named), anchors=[ROOT], crl_policy=policy(urls=configured))
    assert [one.urls for one in found.questions] == [asked]


def test_without_anybody_to_ask_there_is_no_answer():
    nobody = judge(_with_aia("ldap://a.test"), anchors=[ROOT], crl_policy=policy(urls=()))
    assert (nobody.reason, nobody.questions) == (AuthFailure.OCSP_UNANSWERED, ())


def test_how_long_an_answer_is_kept():
    asked = verdict({}).questions[0]
    assert kept_until(asked, response(), NOW) == NOW + DAY
    assert kept_until(asked, response(begins=NOW, ends=None), NOW) == NOW + SKEW
    assert kept_until(asked, response(begins=NOW - DAY, ends=None), NOW) is None
    assert kept_until(asked, response(MIDDLE, issuer=ROOT, signer=ROOT), NOW) is None
    assert kept_until(asked, response(status=GOOD)[:-1], NOW) is None
