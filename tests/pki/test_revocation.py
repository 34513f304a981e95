"""CRLs: who may sign one, what it says, and what the profile's options make of it."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import AuthFailure, CrlPolicy
from nf.pki.authority import key_usage
from tests.pki.factory import DAY, NOW, Minted, authority, judge, new_key, server

ROOT = authority("Root")
MIDDLE = authority("Middle", ROOT)
LEAF = server(MIDDLE)
DEFAULT = CrlPolicy()
DROP = CrlPolicy(if_not_present="drop")
Flags = x509.ReasonFlags


def crl(issuer: Minted, *revoked: Minted, reason: Flags | None = None, key=None, begins=NOW - DAY, ends=NOW + DAY,
        extension: x509.ExtensionType | None = None) -> bytes:
    builder = (x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
               .last_update(begins).next_update(ends))
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(begins)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key or issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def verdict(*crls: bytes, policy: CrlPolicy = DEFAULT, **how):
    return judge(LEAF, MIDDLE, anchors=[ROOT], crls=crls, crl_policy=policy, **how)


@pytest.mark.parametrize(("reason", "text"), [
    (None, "0:Unspecified"), (Flags.key_compromise, "1:Key Compromise"), (Flags.ca_compromise, "2:CA Compromise"),
    (Flags.affiliation_changed, "3:Affiliation Changed"), (Flags.superseded, "4:Superseded"),
    (Flags.cessation_of_operation, "5:Cessation Of Operation"), (Flags.certificate_hold, "6:Certificate Hold"),
    (Flags.remove_from_crl, "8:Remove From CRL"), (Flags.privilege_withdrawn, "9:Privilege Withdrawn")])
def test_revoked_leaf_with_each_reason(reason, text):
    found = verdict(crl(MIDDLE, LEAF, reason=reason))
    assert found.reason is AuthFailure.REVOKED
    assert found.message == f"Certificate error:CRL: certificate revoked cert-id:0 revocation-reason:{text}"


def test_revoked_intermediate_with_the_name_of_its_ca_profile():
    found = verdict(crl(ROOT, MIDDLE), cert_ids={ROOT.der: "root1"})
    assert found.reason is AuthFailure.REVOKED
    assert found.depth == 1
    assert "cert-id:root1 " in found.message


def test_good_lists_and_the_options():
    good = crl(MIDDLE), crl(ROOT)
    assert verdict(*good, policy=DROP).ok
    assert verdict(*good[:1], policy=DROP).reason is AuthFailure.CRL_MISSING
    assert verdict(policy=DROP).reason is AuthFailure.CRL_MISSING
    assert verdict().ok
    assert verdict(crl(MIDDLE, LEAF), policy=CrlPolicy(disable=True, if_not_present="drop")).ok


def test_hold_may_be_ignored_and_nothing_else():
    policy = CrlPolicy(ignore_hold=True)
    assert verdict(crl(MIDDLE, LEAF, reason=Flags.certificate_hold), policy=policy).ok
    assert verdict(crl(MIDDLE, LEAF, reason=Flags.superseded), policy=policy).reason is AuthFailure.REVOKED


@pytest.mark.parametrize("useless", [
    crl(MIDDLE, LEAF, key=new_key()), b"garbage", crl(MIDDLE, extension=x509.DeltaCRLIndicator(1)),
    crl(MIDDLE, LEAF, extension=x509.IssuingDistributionPoint(None, None, False, True, None, False, False)),
    crl(MIDDLE, extension=x509.IssuingDistributionPoint(None, None, False, False, None, True, False)),
    crl(MIDDLE, LEAF, extension=x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"))])
def test_a_list_that_cannot_speak_is_a_fault_where_its_issuer_has_no_other(useless):
    assert verdict(useless).reason is AuthFailure.CRL_UNUSABLE
    assert verdict(useless, crl(ROOT), policy=DROP).reason is AuthFailure.CRL_UNUSABLE
    assert verdict(useless, crl(MIDDLE), crl(ROOT), policy=DROP).ok
    assert verdict(useless, policy=CrlPolicy(lenient=frozenset({ROOT.der}))).ok
    assert verdict(useless, policy=CrlPolicy(disable=True)).ok


@pytest.mark.parametrize("early", [crl(authority("Stranger"), LEAF), crl(MIDDLE, LEAF, begins=NOW + DAY / 2)])
def test_a_list_of_another_issuer_or_of_tomorrow_is_as_good_as_none(early):
    assert verdict(early).ok
    assert verdict(early, crl(ROOT), policy=DROP).reason is AuthFailure.CRL_MISSING


def test_issuer_without_crl_sign_cannot_revoke():
    middle = authority("Middle", ROOT, key_usage(key_cert_sign=True))
    leaf = server(middle)
    found = judge(leaf, middle, anchors=[ROOT], crls=[crl(middle, leaf)])
    assert found.reason is AuthFailure.CRL_UNUSABLE
    assert found.detail == "CRL: its issuer may sign none"


def test_a_delta_revokes_and_does_not_clear():
    delta = crl(MIDDLE, LEAF, extension=x509.DeltaCRLIndicator(1))
    assert verdict(delta).reason is AuthFailure.REVOKED
    assert verdict(delta, crl(MIDDLE)).reason is AuthFailure.REVOKED
    lifted = crl(MIDDLE, LEAF, reason=Flags.remove_from_crl, extension=x509.DeltaCRLIndicator(1))
    assert verdict(lifted, crl(MIDDLE)).ok


def test_ca_profiles_that_are_not_to_be_checked():
    for unchecked in (ROOT.der, MIDDLE.der):
        assert verdict(crl(MIDDLE, LEAF), policy=CrlPolicy(unchecked=frozenset({unchecked}))).ok
    policy = CrlPolicy(unchecked=frozenset({MIDDLE.der}), if_not_present="drop")
    assert verdict(policy=policy).reason is AuthFailure.CRL_MISSING
    assert verdict(crl(ROOT), policy=policy).ok


def test_an_accepting_verdict_ends_with_the_first_list_that_it_rests_on():
    assert verdict().valid_until == LEAF.certificate.not_valid_after_utc
    assert verdict(crl(MIDDLE), crl(ROOT, ends=NOW + DAY / 2)).valid_until == NOW + DAY / 2
    assert verdict(crl(MIDDLE, ends=NOW + DAY / 2), crl(MIDDLE), crl(ROOT)).valid_until == NOW + DAY
    assert verdict(crl(MIDDLE, LEAF)).valid_until is None


def test_expired_list_still_revokes_but_no_longer_clears():
    assert verdict(crl(MIDDLE, LEAF, begins=NOW - 9 * DAY, ends=NOW - DAY)).reason is AuthFailure.REVOKED
    stale = crl(MIDDLE, begins=NOW - 9 * DAY, ends=NOW - DAY)
    assert verdict(stale, crl(ROOT), policy=DROP).reason is AuthFailure.CRL_MISSING
    assert verdict(stale, crl(MIDDLE), crl(ROOT), policy=DROP).ok


def test_list_for_servers_alone():
    scope = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    assert verdict(crl(MIDDLE, LEAF, extension=scope)).reason is AuthFailure.REVOKED
    assert verdict(crl(ROOT, MIDDLE, extension=scope)).reason is AuthFailure.CRL_UNUSABLE
    assert verdict(crl(ROOT, MIDDLE, extension=scope), crl(ROOT)).ok


def test_after_a_change_of_its_key_the_new_certificate_of_a_ca_signs_the_lists_of_both():
    old, new, stranger = authority("Root"), authority("Root"), authority("Root")
    leaf = server(old)
    for signer in (old, new):
        assert judge(leaf, anchors=[old, new], crls=[crl(signer, leaf)]).reason is AuthFailure.REVOKED
        assert judge(leaf, anchors=[old, new], crls=[crl(signer)], crl_policy=DROP).ok
    assert judge(leaf, anchors=[old, new], crls=[crl(stranger, leaf)]).reason is AuthFailure.CRL_UNUSABLE
    assert judge(leaf, stranger, anchors=[old, new], crls=[crl(stranger, leaf)]).reason is AuthFailure.CRL_UNUSABLE
    ended = authority("Root", ends=NOW - DAY)
    assert judge(leaf, anchors=[old, ended], crls=[crl(ended)]).reason is AuthFailure.CRL_UNUSABLE
