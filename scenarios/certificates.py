"""The small PKI of a lab: a root that the network function trusts, one that it does not, and a leaf for each origin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scenarios.schema import CertificateKind

LAB_ROOT = "Lab Root CA"
STRANGER = "Stranger CA"
WRONG_NAME = "elsewhere.example.net"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certificate_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def write(self, stem: Path) -> None:
        """Write STEM.crt and STEM.key, the key readable by its owner only."""
        Path(f"{stem}.crt").write_bytes(self.certificate_pem())
        key = Path(f"{stem}.key")
        key.touch(mode=0o600)
        key.write_bytes(self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))


@dataclass(frozen=True, slots=True)
class LabPki:
    """Issues what origins show: certificates as they should be, and the ways in which they are not."""

    root: Identity
    stranger: Identity
    at: datetime

    def leaf(self, name: str, kind: CertificateKind) -> Identity:
        """A server certificate of this kind for a name."""
        shown = WRONG_NAME if kind == "wrong-name" else name
        end = self.at - _DAY if kind == "expired" else self.at + 90 * _DAY
        issuer = {"untrusted": self.stranger, "self-signed": None}.get(kind, self.root)
        return _leaf(shown, issuer, end - 90 * _DAY if kind == "expired" else self.at - _DAY, end)


def lab_pki(at: datetime) -> LabPki:
    """Make both roots; `at` is the present, an aware time."""
    return LabPki(authority(LAB_ROOT, at), authority(STRANGER, at), at)


def authority(common_name: str, at: datetime) -> Identity:
    """Make a self-signed CA, valid from yesterday for a year."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(common_name, common_name, key, at - _DAY, at + 364 * _DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(ca=True), critical=True)
    return Identity(builder.sign(key, hashes.SHA256()), key)


def _leaf(name: str, issuer: Identity | None, start: datetime, end: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    signer = key if issuer is None else issuer.key
    by = name if issuer is None else issuer.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    builder = _builder(name, str(by), key, start, end)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(ca=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    return Identity(builder.sign(signer, hashes.SHA256()), key)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, start: datetime,
             end: datetime) -> x509.CertificateBuilder:
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(start).not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, content_commitment=False,
                         key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                         decipher_only=False)
