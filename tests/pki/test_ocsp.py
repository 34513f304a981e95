"""Stapled OCSP responses: who may sign one, what it is about, and what it and its absence come to."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import AuthFailure, CrlPolicy
from nf.pki.ocsp import SKEW
from tests.pki.factory import DAY, NOW, Minted, authority, judge, mint, server

ROOT = authority("Root")
MIDDLE = authority("Middle", ROOT)
LEAF = server(MIDDLE)
STAPLED = server(MIDDLE, x509.TLSFeature([x509.TLSFeatureType.status_request]))
RESPONDER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
DELEGATE = mint("Responder", MIDDLE, (RESPONDER,))
GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN


def response(leaf: Minted = LEAF, status: ocsp.OCSPCertStatus = GOOD, *, issuer: Minted = MIDDLE, signer: Minted = MIDDLE,
             reason: x509.ReasonFlags | None = None, begins=NOW - DAY, ends=NOW + DAY, send: bool = False, by_name: bool = True,
             algorithm: hashes.HashAlgorithm | None = None,
             extension: x509.ExtensionType | None = None) -> bytes:
    builder = ocsp.OCSPResponseBuilder().add_response(
        leaf.certificate, issuer.certificate, algorithm or hashes.SHA1(), status, begins, ends,  # noqa: S303 - as most do
        begins if status is REVOKED else None, reason)
    encoding = ocsp.OCSPResponderEncoding.NAME if by_name else ocsp.OCSPResponderEncoding.HASH
    builder = builder.responder_id(encoding, signer.certificate)
    if send:
        builder = builder.certificates([signer.certificate])
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def verdict(stapled: bytes | None, leaf: Minted = LEAF, policy: CrlPolicy | None = None, **how):
    return judge(leaf, MIDDLE, anchors=[ROOT], stapled=stapled, crl_policy=policy or CrlPolicy(), **how)


@pytest.mark.parametrize("stapled", [
    response(), response(by_name=False), response(algorithm=hashes.SHA256()), response(signer=DELEGATE, send=True),
    response(signer=DELEGATE, send=True, by_name=False), response(ends=NOW), response(begins=NOW + SKEW)])
def test_good_and_of_now(stapled):
    assert verdict(stapled).ok
    assert verdict(stapled).valid_until <= NOW + DAY
    assert verdict(stapled, STAPLED).reason is AuthFailure.STAPLE_MISSING  # it is about another certificate
    assert verdict(response(STAPLED), STAPLED).ok


def test_rsa_responder():
    key = rsa.generate_private_key(65537, 2048)
    middle = authority("Middle", ROOT, key=key)
    leaf = server(middle, x509.TLSFeature([x509.TLSFeatureType.status_request]))
    assert judge(leaf, middle, anchors=[ROOT], stapled=response(leaf, issuer=middle, signer=middle)).ok


def test_revoked_with_a_reason_and_without():
    found = verdict(response(status=REVOKED, reason=x509.ReasonFlags.key_compromise), cert_ids={ROOT.der: "root1"})
    assert found.reason is AuthFailure.REVOKED
    assert found.message == "Certificate error:CRL: certificate revoked cert-id:root1 revocation-reason:1:Key Compromise"
    assert verdict(response(status=REVOKED)).message.endswith("revocation-reason:0:Unspecified")


def test_what_the_profile_says():
    held = response(status=REVOKED, reason=x509.ReasonFlags.certificate_hold)
    assert verdict(held).reason is AuthFailure.REVOKED
    assert verdict(held, policy=CrlPolicy(ignore_hold=True)).ok
    assert verdict(response(status=REVOKED), policy=CrlPolicy(disable=True)).ok
    assert verdict(response(status=REVOKED), policy=CrlPolicy(unchecked=frozenset({ROOT.der}))).ok
    assert verdict(response(status=UNKNOWN)).reason is AuthFailure.OCSP_UNKNOWN
    assert verdict(response(status=UNKNOWN), policy=CrlPolicy(accept_unknown=frozenset({MIDDLE.der}))).ok


def test_a_good_response_does_not_stand_in_for_a_list_that_the_profile_asks_for():
    assert verdict(response(), policy=CrlPolicy(if_not_present="drop")).reason is AuthFailure.CRL_MISSING


STRANGER = authority("Middle", ROOT)


@pytest.mark.parametrize(("stapled", "why"), [
    (b"", "none came"), (b"garbage", "it cannot be read"), (response(STAPLED)[:-1], "it cannot be read"),
    (ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER),
     "the responder answers try_later"),
    (response(LEAF), "it is about another certificate"), (response(STAPLED, issuer=ROOT), "it is about another certificate"),
    (response(STAPLED, begins=NOW - 9 * DAY, ends=NOW - DAY), "it is not of now"),
    (response(STAPLED, begins=NOW + DAY, ends=NOW + 2 * DAY), "it is not of now"),
    (response(STAPLED, ends=None), "it is not of now"),
    (response(STAPLED, signer=STRANGER), "it is signed by nobody who may"),
    (response(STAPLED, signer=DELEGATE), "it is signed by nobody who may"),  # whose certificate is not sent
    (response(STAPLED, signer=mint("R", MIDDLE), send=True), "it is signed by nobody who may"),  # without OCSPSigning
    (response(STAPLED, signer=mint("R", ROOT, (RESPONDER,)), send=True), "it is signed by nobody who may"),  # another CA's
    (response(STAPLED, signer=mint("R", MIDDLE, (RESPONDER,), ends=NOW - DAY), send=True), "it is signed by nobody who may"),
    (response(STAPLED, extension=x509.OCSPNonce(b"12345678")), "it has a critical extension")])
def test_a_response_that_does_not_count_is_as_good_as_none(stapled, why):
    assert verdict(stapled).ok
    found = verdict(stapled, STAPLED)
    assert found.reason is AuthFailure.STAPLE_MISSING
    assert found.detail == f"stapled OCSP response: {why}"


def test_must_staple_is_held_only_by_who_asks():
    assert verdict(None, STAPLED).ok
    assert verdict(b"", LEAF).ok
    assert verdict(b"", STAPLED).message == "certificate error: certificate demands a stapled OCSP response and none came"


WHOLE = response(STAPLED)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_never_raises_and_never_counts(position, mask):
    changed = bytearray(WHOLE)
    changed[position] ^= mask
    assert not verdict(bytes(changed), STAPLED).ok


@given(st.binary(max_size=400))
def test_random_bytes_never_raise_and_never_count(stapled):
    assert not verdict(stapled, STAPLED).ok
