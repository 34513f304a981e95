"""The lab's PKI: each kind of certificate is wrong in the one way that its name says, by the product's own verifier."""

import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import AuthFailure, verify_server_chain
from scenarios.certificates import LabPki, lab_pki
from scenarios.schema import CertificateKind

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki() -> LabPki:
    return lab_pki(NOW)


@pytest.mark.parametrize(("kind", "reason"), [
    ("good", None), ("untrusted", AuthFailure.UNKNOWN_CA), ("self-signed", AuthFailure.SELF_SIGNED),
    ("expired", AuthFailure.EXPIRED), ("wrong-name", AuthFailure.NAME_MISMATCH),
])
def test_each_kind_is_wrong_in_one_way(pki: LabPki, kind: CertificateKind, reason: AuthFailure | None) -> None:
    leaf = pki.leaf("www.example.test", kind).certificate.public_bytes(Encoding.DER)
    root = pki.root.certificate.public_bytes(Encoding.DER)
    verdict = verify_server_chain([leaf], [root], "www.example.test", NOW)
    assert (verdict.ok, verdict.reason) == (reason is None, reason)


def test_keys_are_for_their_owner_only(pki: LabPki, tmp_path) -> None:
    pki.root.write(tmp_path / "root")
    assert stat.S_IMODE((tmp_path / "root.key").stat().st_mode) == 0o600
    assert (tmp_path / "root.crt").read_bytes() == pki.root.certificate_pem()
