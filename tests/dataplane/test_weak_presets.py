"""Whatever ciphers and versions a profile admits, what servers' certificates are made of is judged all the same.

To speak old versions OpenSSL's security level is given up, and with it its own checks of keys and hashes.
"""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from nf.dataplane.forward_proxy import ForwardProxy
from nf.pki import AuthFailure, create_authority, new_signer
from nf.policy.profile import SslProxyProfile
from nf.tls.initiation import Initiation, peer_chain
from nf.tls.settings import TlsSettings, tls_settings
from nf.tls.suites import library
from tests.pki.factory import Minted, edited
from tests.tls.ends import OpenSslEnd, accepting, shake

NOW = datetime.now(UTC)
NAME = "www.example.test"
ROOT = create_authority("Root", "rsa", at=NOW)
PROXY = ForwardProxy((new_signer(create_authority("SRX CA", "ecdsa", at=NOW)),),
                     (ROOT.certificate.public_bytes(Encoding.DER),))
WEAKEST = {"preferred_ciphers": "weak", "protocol_version": "all"}


def server(bits: int, *, sha1: bool = False) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(65537, bits)
    certificate = (x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(ROOT.certificate.subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ROOT.key.public_key()), critical=False)
            .sign(ROOT.key, hashes.SHA256()))
    if sha1:  # which the library signs no more
        old, new = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "05"))
        signed = edited(Minted(certificate, key), old, new, ROOT.key, hashes.SHA1())  # noqa: S303 - what is refused
        certificate = x509.load_der_x509_certificate(signed)
    return certificate, key


def settings(**change: str) -> TlsSettings:
    return tls_settings(SslProxyProfile("p", root_ca=("ca",), **change), library())  # type: ignore[arg-type]


def presented(certificate: x509.Certificate, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, of: TlsSettings,
              version: int) -> tuple[bytes, ...]:
    """The chain that SSL-I brings back from a server that stops at nothing."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    context.use_certificate(certificate)
    context.use_privatekey(key)
    end = OpenSslEnd(Initiation(of).prepare(None, NAME, (), True))
    shake(end, accepting(context))
    return peer_chain(end.tls)


@pytest.mark.parametrize("version", [SSL.TLS1_VERSION, SSL.TLS1_1_VERSION, SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
@pytest.mark.parametrize(("bits", "sha1", "reason"), [
    (2048, False, None), (1024, False, AuthFailure.WEAK_KEY), (2048, True, AuthFailure.WEAK_HASH)])
def test_weak_certificates_are_refused_though_openssl_takes_them(bits: int, sha1: bool, reason: AuthFailure | None,
                                                                 version: int) -> None:
    for of in (settings(), settings(**WEAKEST)):
        if of.versions.lowest <= version:
            chain = presented(*server(bits, sha1=sha1), of, version)
            assert PROXY.judge(chain, NAME, NOW).reason is reason
