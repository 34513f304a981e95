"""CRLs: who may sign one, what it says, and what the profile's options make of it."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import AuthFailure, CrlPolicy
from nf.pki.authority import key_usage
from nf.pki.revocation import read_crl
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
    crl(MIDDLE, LEAF, key=new_key()), crl(authority("Stranger"), LEAF), crl(MIDDLE, LEAF, begins=NOW + DAY / 2), b"garbage",
    crl(MIDDLE, LEAF, extension=x509.DeltaCRLIndicator(1)),
    crl(MIDDLE, LEAF, extension=x509.IssuingDistributionPoint(None, None, False, True, None, False, False)),
    crl(MIDDLE, LEAF, extension=x509.IssuingDistributionPoint(None, None, False, False, None, True, False)),
    crl(MIDDLE, LEAF, extension=x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"))])
def test_a_list_that_cannot_speak_is_as_good_as_none(useless):
    assert verdict(useless).ok
    assert verdict(useless, crl(ROOT), policy=DROP).reason is AuthFailure.CRL_MISSING


def test_issuer_without_crl_sign_cannot_revoke():
    middle = authority("Middle", ROOT, key_usage(key_cert_sign=True))
    leaf = server(middle)
    assert judge(leaf, middle, anchors=[ROOT], crls=[crl(middle, leaf)]).ok


def test_expired_list_still_revokes_but_no_longer_clears():
    assert verdict(crl(MIDDLE, LEAF, begins=NOW - 9 * DAY, ends=NOW - DAY)).reason is AuthFailure.REVOKED
    stale = crl(MIDDLE, begins=NOW - 9 * DAY, ends=NOW - DAY)
    assert verdict(stale, crl(ROOT), policy=DROP).reason is AuthFailure.CRL_MISSING
    assert verdict(stale, crl(MIDDLE), crl(ROOT), policy=DROP).ok


def test_list_for_servers_alone():
    scope = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    assert verdict(crl(MIDDLE, LEAF, extension=scope)).reason is AuthFailure.REVOKED
    assert verdict(crl(ROOT, MIDDLE, extension=scope)).ok


def test_reading():
    assert read_crl(crl(ROOT)) is not None
    assert read_crl(ROOT.der) is None
    assert read_crl(b"") is None
