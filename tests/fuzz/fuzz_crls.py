"""CRLs, which an operator loads from elsewhere: any bytes are a list or none, and no list breaks the judging."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import AuthFailure, CrlPolicy, verify_server_chain
from nf.pki.revocation import read_crl
from tests.pki.factory import LEAF, MIDDLE, NOW, ROOT, Minted
from tests.pki.suite import lists

LONGEST = 2000  # octets of a seed
STRICT = CrlPolicy(if_not_present="drop")


def one_input(data: bytes) -> None:
    readable = read_crl(data) is not None
    verdict = verify_server_chain([LEAF.der, MIDDLE.der], [ROOT.der], "a.test", NOW, [data], STRICT)
    assert not verdict.ok  # the root's list is always missing
    assert verdict.message.isprintable()
    assert readable or verdict.reason is AuthFailure.CRL_UNUSABLE  # whose it was nobody knows


def crl(issuer: Minted, *revoked: Minted) -> bytes:
    builder = (x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
               .last_update(NOW - timedelta(days=1)).next_update(NOW + timedelta(days=1))
               .add_extension(x509.CRLNumber(7), critical=False))
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(NOW)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False).build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def seeds() -> list[bytes]:
    """Lists of the leaf's issuer, empty and with the leaf in it, and others with every extension that is known."""
    others = dict.fromkeys(one for case in lists.cases() for one in case.crls if len(one) < LONGEST)
    return [crl(MIDDLE), crl(MIDDLE, LEAF), *others]
