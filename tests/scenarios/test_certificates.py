"""The lab's PKI: each kind of certificate is wrong in the one way that its name says, by the product's own verifier."""

import stat
from datetime import UTC, datetime
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import AuthFailure, verify_server_chain
from scenarios.certificate_kinds import RECIPES
from scenarios.certificates import LabPki, authority, lab_pki
from scenarios.schema import CertificateKind, CrlKind, StapleKind

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki() -> LabPki:
    return lab_pki(NOW, authority("The network function's CA", NOW))


REASONS = {
    "untrusted": AuthFailure.UNKNOWN_CA, "self-signed": AuthFailure.SELF_SIGNED, "impostor": AuthFailure.BAD_SIGNATURE,
    "own-ca": AuthFailure.OWN_CA, "bad-signature": AuthFailure.BAD_SIGNATURE, "no-intermediate": AuthFailure.UNKNOWN_CA,
    "intermediate-not-a-ca": AuthFailure.NOT_A_CA, "intermediate-may-not-sign": AuthFailure.NOT_A_CA,
    "intermediate-expired": AuthFailure.EXPIRED, "name-constrained": AuthFailure.NAME_CONSTRAINT,
    "expired": AuthFailure.EXPIRED, "not-yet-valid": AuthFailure.NOT_YET_VALID, "revoked": AuthFailure.REVOKED,
    "held": AuthFailure.REVOKED, "wrong-name": AuthFailure.NAME_MISMATCH, "wildcard-too-deep": AuthFailure.NAME_MISMATCH,
    "common-name-only": AuthFailure.NAME_MISMATCH, "client-only": AuthFailure.BAD_PURPOSE,
    "unknown-critical": AuthFailure.BAD_EXTENSION, "version-1": AuthFailure.NOT_V3, "sha1": AuthFailure.WEAK_HASH,
    "rsa-1024": AuthFailure.WEAK_KEY}
GOOD = ("good", "rsa", "p384", "wildcard", "intermediate", "must-staple")  # whether a staple came is the handshake's
NAME = "www.deep.example.test"


def test_every_kind_is_here() -> None:
    assert set(get_args(CertificateKind)) == {*REASONS, *GOOD} == set(RECIPES)


@pytest.mark.parametrize("kind", get_args(CertificateKind))
def test_each_kind_is_wrong_in_one_way(pki: LabPki, kind: CertificateKind) -> None:
    leaf = pki.leaf(NAME, kind)
    chain = [it.public_bytes(Encoding.DER) for it in (leaf.certificate, *leaf.chain)]
    crl = x509.load_pem_x509_crl(pki.crl([NAME], "fresh")).public_bytes(Encoding.DER)
    assert pki.proxy is not None
    verdict = verify_server_chain(chain, [pki.root.certificate.public_bytes(Encoding.DER)], NAME, NOW, [crl],
                                  own_authorities=(pki.proxy.certificate.public_bytes(Encoding.DER),))
    assert verdict.reason is REASONS.get(kind)


@pytest.mark.parametrize("kind", get_args(CrlKind))
def test_crls_are_what_their_kind_says(pki: LabPki, kind: CrlKind) -> None:
    crl = x509.load_pem_x509_crl(pki.crl([NAME], kind))
    assert crl.is_signature_valid(pki.root.certificate.public_key()) is (kind != "foreign")
    assert (crl.next_update_utc < NOW) is (kind == "expired")
    assert crl.get_revoked_certificate_by_serial_number(pki.leaf(NAME, "held").certificate.serial_number) is not None


def test_keys_are_for_their_owner_only(pki: LabPki, tmp_path) -> None:
    pki.root.write(tmp_path / "root")
    assert stat.S_IMODE((tmp_path / "root.key").stat().st_mode) == 0o600
    assert (tmp_path / "root.crt").read_bytes() == pki.root.certificate_pem()


@pytest.mark.parametrize(("kind", "reason"), [("good", None), ("revoked", AuthFailure.REVOKED),
                                              ("expired", AuthFailure.STAPLE_MISSING)])
def test_staples_are_what_their_kind_says(pki: LabPki, kind: StapleKind, reason: AuthFailure | None) -> None:
    leaf = pki.leaf(NAME, "must-staple")
    verdict = verify_server_chain([leaf.certificate.public_bytes(Encoding.DER)],
                                  [pki.root.certificate.public_bytes(Encoding.DER)], NAME, NOW, stapled=pki.staple(leaf, kind))
    assert verdict.reason is reason
