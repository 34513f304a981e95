"""The proxy's own CA: its certificate and key, how one is made, and what is wrong with one that cannot sign."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from nf.pki.certificate import UNREADABLE, extension

KeyType = Literal["rsa", "ecdsa"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

RSA_BITS = 2048
EC_BITS = 256
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

    @property
    def self_signed(self) -> bool:
        """Whether its certificate is a root's."""
        return self.certificate.issuer == self.certificate.subject

    def presented(self, at: datetime) -> tuple[x509.Certificate, ...]:
        """What clients are sent after a leaf: the certificates above it, but no root, which they have or must not believe.

        A root that another CA has signed too (a rollover) is sent in that form while it is valid: it leads clients that
        know only the other CA on.
        """
        crosses = any(one.subject == self.certificate.subject and one.public_key() == self.certificate.public_key()
                      and one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in self.chain[:1])
        if self.self_signed and not crosses:
            return ()
        return tuple(one for one in (self.certificate, *self.chain) if one.issuer != one.subject)

    def check(self, at: datetime) -> str | None:
        """What keeps it from signing at this time, in one phrase, or None."""
        if self.certificate.public_key() != self.key.public_key():
            return "certificate and key do not belong together"
        if at < self.certificate.not_valid_before_utc:
            return f"certificate is not valid before {self.certificate.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC"
        if at > self.certificate.not_valid_after_utc:
            return f"certificate has expired on {self.certificate.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC"
        try:
            return self._key_problem() or self._role_problem()
        except UNREADABLE as error:
            return f"certificate has an extension that makes no sense: {error}"

    def _key_problem(self) -> str | None:
        least = RSA_BITS if self.key_type == "rsa" else EC_BITS
        if self.key.key_size < least:
            return f"key has {self.key.key_size} bits; clients take no CA below {least}"
        return None

    def _role_problem(self) -> str | None:
        constraints = extension(self.certificate, x509.BasicConstraints)
        if constraints is None or not constraints.ca:
            return "certificate is not a CA (basicConstraints CA:TRUE; in Junos: add-ca-constraint)"
        usage = extension(self.certificate, x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            return "certificate may not sign others (keyUsage lacks keyCertSign)"
        purposes = extension(self.certificate, x509.ExtendedKeyUsage)
        if purposes is not None and not _SERVER_PURPOSES.intersection(purposes):
            return "certificate may not sign servers' certificates (extendedKeyUsage lacks serverAuth)"
        return None if self.certificate.subject.rdns else "certificate has no subject, so nothing could name it as issuer"


_SERVER_PURPOSES = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def create_authority(common_name: str, key_type: KeyType = "rsa", *, at: datetime, days: int = 1825) -> Authority:
    """Make a new self-signed CA with a fresh key, valid from a day before `at` for that many days after it."""
    key = new_key(key_type)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = _ca_certificate(name, name, key, (at - CLOCK_SKEW, at + timedelta(days=days)))
    return Authority(builder.sign(key, hashes.SHA256()), key)


def succeed(old: Authority, common_name: str, *, at: datetime, days: int = 1825) -> Authority:
    """The next CA, of the same kind, with a certificate of its own and one signed by the old CA, which leads its chain.

    Clients that trust either then take what it signs, until the old one runs out. ValueError where the old one may not sign.
    """
    problem = old.check(at) or _no_ca_below(old.certificate)
    if problem is not None:
        raise ValueError(problem)
    new = create_authority(common_name, old.key_type, at=at, days=days)
    if new.certificate.subject == old.certificate.subject:
        raise ValueError("the next CA needs a name of its own, else clients cannot tell the two apart")
    dates = (max(at - CLOCK_SKEW, old.certificate.not_valid_before_utc),
             min(new.certificate.not_valid_after_utc, old.certificate.not_valid_after_utc))
    cross = (_ca_certificate(new.certificate.subject, old.certificate.subject, new.key, dates)
             .add_extension(authority_key_identifier(old.certificate), critical=False).sign(old.key, old.digest))
    return Authority(new.certificate, new.key, (cross, *old.presented(at)))


def authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """What points to the issuer: its own subjectKeyIdentifier byte for byte, or one made from its key where it has none."""
    held = extension(issuer, x509.SubjectKeyIdentifier)
    identifier = held or x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _no_ca_below(certificate: x509.Certificate) -> str | None:
    constraints = extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.path_length == 0:
        return "certificate may sign no CA (pathLenConstraint 0); have the next one signed where this one was"
    return None


def _ca_certificate(subject: x509.Name, issuer: x509.Name, key: PrivateKey,
                    dates: tuple[datetime, datetime]) -> x509.CertificateBuilder:
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(dates[0]).not_valid_after(dates[1])
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(key_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))


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
