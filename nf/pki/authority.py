"""The proxy's own CA: its certificate and key, how one is made, and what is wrong with one that cannot sign."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from nf.pki.certificate import extension

KeyType = Literal["rsa", "ecdsa"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

RSA_BITS = 2048
CLOCK_SKEW = timedelta(hours=24)  # clients whose clock is slow still take what was signed just now


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate with its key, and the certificates above it that clients are sent too; the key is never printed."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def key_type(self) -> KeyType:
        """Whether it signs with RSA or ECDSA."""
        return "rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "ecdsa"

    @property
    def digest(self) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
        """The digest that fits the key (RFC 5480 §4)."""
        if self.key_type == "rsa" or self.key.key_size <= 256:
            return hashes.SHA256()
        return hashes.SHA384() if self.key.key_size <= 384 else hashes.SHA512()

    def check(self, at: datetime) -> str | None:
        """What keeps it from signing at this time, in one phrase, or None."""
        if self.certificate.public_key() != self.key.public_key():
            return "certificate and key do not belong together"
        if at < self.certificate.not_valid_before_utc:
            return f"certificate is not valid before {self.certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC"
        if at > self.certificate.not_valid_after_utc:
            return f"certificate has expired on {self.certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"
        return self._role_problem()

    def _role_problem(self) -> str | None:
        constraints = extension(self.certificate, x509.BasicConstraints)
        if constraints is None or not constraints.ca:
            return "certificate is not a CA (basicConstraints CA:TRUE; in Junos: add-ca-constraint)"
        usage = extension(self.certificate, x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            return "certificate may not sign others (keyUsage lacks keyCertSign)"
        return None


def create_authority(common_name: str, key_type: KeyType = "rsa", *, at: datetime, days: int = 1825) -> Authority:
    """Make a new self-signed CA with a fresh key, valid from a day before `at` for that many days after it."""
    key = new_key(key_type)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    builder = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(at - CLOCK_SKEW).not_valid_after(at + timedelta(days=days))
               .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
               .add_extension(usage, critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))
    return Authority(builder.sign(key, hashes.SHA256()), key)


def new_key(key_type: KeyType) -> PrivateKey:
    """A fresh key: RSA with 2048 bits, or ECDSA on P-256."""
    if key_type == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def key_usage(*, digital_signature: bool = False, key_encipherment: bool = False, key_cert_sign: bool = False,
              crl_sign: bool = False) -> x509.KeyUsage:
    """A keyUsage of these bits and no others."""
    return x509.KeyUsage(digital_signature=digital_signature, content_commitment=False, data_encipherment=False,
                         key_encipherment=key_encipherment, key_agreement=False, key_cert_sign=key_cert_sign,
                         crl_sign=crl_sign, encipher_only=False, decipher_only=False)
