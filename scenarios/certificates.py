"""The small PKI of a lab: a root that the network function trusts, one that it does not, and a leaf for each origin."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scenarios import der
from scenarios.certificate_kinds import RECIPES, WRONG_NAME, Key, Link, Recipe
from scenarios.schema import CertificateKind, CrlKind, StapleKind

__all__ = ["LAB_ROOT", "STRANGER", "WRONG_NAME", "Identity", "LabPki", "authority", "lab_pki"]
LAB_ROOT = "Lab Root CA"
STRANGER = "Stranger CA"
INTERMEDIATE = "Lab Intermediate CA"
_DAY = timedelta(days=1)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate, its key, and the certificates that its server sends after it."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    def certificate_pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def write(self, stem: Path) -> None:
        """Write STEM.crt and STEM.key, the key readable by its owner only."""
        sent = (self.certificate, *self.chain)
        Path(f"{stem}.crt").write_bytes(b"".join(it.public_bytes(serialization.Encoding.PEM) for it in sent))
        key = Path(f"{stem}.key")
        key.touch(mode=0o600)
        key.write_bytes(self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))


@dataclass(frozen=True, slots=True)
class LabPki:
    """Issues what origins show: certificates as they should be, and the ways in which they are not.

    `proxy` is the CA of the network function itself, for a server that has stolen its key.
    """

    root: Identity
    stranger: Identity
    impostor: Identity
    at: datetime
    proxy: Identity | None = None

    def leaf(self, name: str, kind: CertificateKind) -> Identity:
        """A server certificate of this kind for a name."""
        recipe = RECIPES[kind]
        key = _new_key(recipe.key)
        issuer = self._issuer(recipe)
        sent: tuple[x509.Certificate, ...] = ()
        if recipe.through is not None and issuer is not None:
            issuer = self._intermediate(recipe.through, issuer)
            sent = (issuer.certificate,) if recipe.through.sent else ()
        return Identity(self._sign(_shown(name, recipe), key, issuer, recipe), key, sent)

    def crl(self, names: Sequence[str], kind: CrlKind) -> bytes:
        """A CRL, in PEM, of the lab's root that lists the certificates of these names, by whom and for when `kind` says."""
        signer = self.stranger if kind == "foreign" else self.root
        ends = self.at - _DAY if kind == "expired" else self.at + 30 * _DAY
        builder = x509.CertificateRevocationListBuilder().issuer_name(_name(LAB_ROOT)).last_update(self.at - 30 * _DAY)
        builder = builder.next_update(ends).add_extension(x509.CRLNumber(1), critical=False)
        for name in names:
            for held in (False, True):  # whichever of both it is, only that serial number exists
                builder = builder.add_revoked_certificate(self._revoked(name, held=held))
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def staple(self, leaf: Identity, kind: StapleKind) -> bytes:
        """An OCSP response, in DER, of the lab's root about a leaf that it has signed."""
        days = 10 if kind == "expired" else 0
        status = ocsp.OCSPCertStatus.REVOKED if kind == "revoked" else ocsp.OCSPCertStatus.GOOD
        since, reason = (self.at - _DAY, x509.ReasonFlags.key_compromise) if kind == "revoked" else (None, None)
        builder = ocsp.OCSPResponseBuilder().add_response(
            leaf.certificate, self.root.certificate, hashes.SHA1(), status,  # noqa: S303 - names, and is what is asked by
            self.at - (days + 1) * _DAY, self.at + (1 - days) * _DAY, since, reason)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root.certificate)
        return builder.sign(self.root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _revoked(self, name: str, *, held: bool) -> x509.RevokedCertificate:
        reason = x509.ReasonFlags.certificate_hold if held else x509.ReasonFlags.key_compromise
        return (x509.RevokedCertificateBuilder().serial_number(_serial(name, held=held))
                .revocation_date(self.at - _DAY).add_extension(x509.CRLReason(reason), critical=False).build())

    def _issuer(self, recipe: Recipe) -> Identity | None:
        if recipe.issuer == "proxy" and self.proxy is None:
            raise ValueError("the network function's CA is not known")
        return {"root": self.root, "stranger": self.stranger, "impostor": self.impostor, "proxy": self.proxy,
                "itself": None}[recipe.issuer]

    def _intermediate(self, link: Link, issuer: Identity) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(INTERMEDIATE, _common_name(issuer.certificate), key, self.at + link.begins, self.at + link.ends)
        for extension, critical in link.extensions:
            builder = builder.add_extension(extension, critical)
        return Identity(builder.sign(issuer.key, hashes.SHA256()), key)

    def _sign(self, name: str, key: PrivateKey, issuer: Identity | None, recipe: Recipe) -> x509.Certificate:
        signer = key if issuer is None else issuer.key
        by = name if issuer is None else _common_name(issuer.certificate)
        serial = _serial(name, held=recipe.revoked == "held") if recipe.revoked else None
        builder = _builder(name, by, key, self.at + recipe.begins, self.at + recipe.ends, serial)
        if recipe.alternative_name:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=recipe.is_ca, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(ca=recipe.is_ca, leaf=True), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([recipe.purpose]), critical=False)
        if recipe.authority_key:
            key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
            builder = builder.add_extension(key_id, critical=False)
        for extension, critical in recipe.extensions:
            builder = builder.add_extension(extension, critical)
        return der.EDITS[recipe.edit](builder.sign(signer, hashes.SHA256()), signer)


def lab_pki(at: datetime, proxy: Identity | None = None) -> LabPki:
    """Make the roots; `at` is the present, an aware time."""
    return LabPki(authority(LAB_ROOT, at), authority(STRANGER, at), authority(LAB_ROOT, at), at, proxy)


def authority(common_name: str, at: datetime) -> Identity:
    """Make a self-signed CA, valid from sixty days ago for a year."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(common_name, common_name, key, at - 60 * _DAY, at + 300 * _DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(ca=True), critical=True)
    return Identity(builder.sign(key, hashes.SHA256()), key)


def client_identity(name: str, issuer: Identity, at: datetime) -> Identity:
    """A certificate that a client shows."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name, _common_name(issuer.certificate), key, at - _DAY, at + 90 * _DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return Identity(builder.sign(issuer.key, hashes.SHA256()), key)


def _shown(name: str, recipe: Recipe) -> str:
    """The name in the certificate: its own, another, or a wildcard that stands so many labels above it."""
    if recipe.wildcard:
        return "*." + name.split(".", recipe.wildcard)[-1]
    return recipe.other_name or name


def _general_name(name: str) -> x509.GeneralName:
    """A server's name, or its IP address."""
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _new_key(kind: Key) -> PrivateKey:
    if kind in {"p256", "p384"}:
        return ec.generate_private_key(ec.SECP256R1() if kind == "p256" else ec.SECP384R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa-")))


def _serial(name: str, *, held: bool) -> int:
    """A serial number that the CRL can list without having seen the certificate."""
    return int.from_bytes(sha256(f"{name} {held}".encode()).digest()[:16], "big") >> 1


def _builder(subject: str, issuer: str, key: PrivateKey, start: datetime, end: datetime,
             serial: int | None = None) -> x509.CertificateBuilder:
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
            .public_key(key.public_key()).serial_number(serial or x509.random_serial_number())
            .not_valid_before(start).not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _key_usage(*, ca: bool, leaf: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(digital_signature=leaf or not ca, key_cert_sign=ca, crl_sign=ca, content_commitment=False,
                         key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                         decipher_only=False)
