"""The interdicted certificate: the leaf that the client sees in place of the server's, signed by the proxy's CA.

Subject and names are the server's; key, issuer, serial number and everything else are ours. What would be false after
re-signing (SCTs, status and CRL addresses, must-staple, key identifiers) is left out.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki.authority import (
    CLOCK_SKEW,
    Authority,
    KeyType,
    PrivateKey,
    authority_key_identifier,
    create_authority,
    key_usage,
    new_key,
)
from nf.pki.certificate import UNREADABLE, extension
from nf.pki.constraints import Constraints
from nf.pki.standing import TRUSTED, Issuer, Standing

MAX_VALIDITY = timedelta(days=197)  # browsers' limit for server certificates in 2026 is 200 days
DISTRUSTED_NAME = "SSL-PROXY: DUMMY_CERT:GENERATED DUE TO SRVR AUTH FAILURE"  # recalled, not confirmed, as the device's
_SERVER_AUTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
_NO_CA = x509.BasicConstraints(ca=False, path_length=None)


@dataclass(frozen=True, slots=True)
class LeafKey:
    """The key of forged leaves, never the CA's own; it is never printed."""

    key: PrivateKey = field(repr=False)
    key_type: KeyType


@dataclass(frozen=True, slots=True)
class Forged:
    """A forged leaf, its key, and the certificates that are sent after it."""

    leaf: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """What one `root-ca` forges with: the CA, the key of its leaves, and a CA that no client knows."""

    authority: Authority
    leaf_key: LeafKey
    distrusted: Authority

    @property
    def key_type(self) -> KeyType:
        """Of the CA and of its leaves."""
        return self.leaf_key.key_type

    def forge(self, server: x509.Certificate, standing: Standing, at: datetime) -> Forged:
        """Forge the server's certificate as it stands; ValueError where the CA cannot sign now, or none of its names."""
        if standing.issuer is Issuer.OURS:
            problem = self.authority.check(at)
            if problem is not None:
                raise ValueError(f"the proxy's CA cannot sign: {problem}")
            leaf = _forge(server, self.authority, self.leaf_key, at, standing)
            return Forged(leaf, self.leaf_key.key, self.authority.presented(at))
        issuer = self.distrusted
        if standing.issuer is Issuer.ITSELF:
            issuer = Authority(_like_itself(server, self.leaf_key, at), self.leaf_key.key)
        # A made-up issuer is not sent: whoever trusted it because it came along would trust it for all such servers.
        return Forged(_forge(server, issuer, self.leaf_key, at, standing), self.leaf_key.key)


def new_signer(authority: Authority) -> Signer:
    """A signer with a fresh leaf key of the CA's kind, to be made at each start."""
    return Signer(authority, new_leaf_key(authority), _distrusted(authority.key_type))


def new_leaf_key(authority: Authority) -> LeafKey:
    """A fresh leaf key of the CA's kind: RSA-2048 below an RSA CA, P-256 below an ECDSA one."""
    return LeafKey(new_key(authority.key_type), authority.key_type)


@cache  # an RSA key takes a tenth of a second, and profiles and reloads need none of their own
def _distrusted(key_type: KeyType) -> Authority:
    """A CA that exists in this process alone, for servers that failed; old and lasting, so that it shortens no dates."""
    return create_authority(DISTRUSTED_NAME, key_type, at=datetime(1971, 1, 1, tzinfo=UTC), days=365 * 200)


def interdict(server_certificate: x509.Certificate, authority: Authority, leaf_key: LeafKey,
              at: datetime) -> x509.Certificate:
    """Forge the server's certificate under our CA.

    ValueError where the leaf key is the CA's own, which no caller may do, or where the CA's name constraints forbid all of
    the server's names. DNS and IP names are copied as they are, unless forbidden or with control characters; none is added.
    """
    return _forge(server_certificate, authority, leaf_key, at, TRUSTED)


def _like_itself(server: x509.Certificate, leaf_key: LeafKey, at: datetime) -> x509.Certificate:
    """The issuer of a self-signed certificate: the same subject, dates and key."""
    subject = _subject(server, Constraints())
    begins, ends = min(server.not_valid_before_utc, at), max(server.not_valid_after_utc, at)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(leaf_key.key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
            .sign(leaf_key.key, hashes.SHA256()))


def _forge(server: x509.Certificate, authority: Authority, leaf_key: LeafKey, at: datetime,
           standing: Standing) -> x509.Certificate:
    public_key = leaf_key.key.public_key()
    if standing.issuer is not Issuer.ITSELF and public_key == authority.key.public_key():
        raise ValueError("the CA's key must not be a leaf's")
    constraints = Constraints.of((authority.certificate, *authority.chain))
    subject, names = _subject(server, constraints), _names(server, constraints)
    usage = key_usage(digital_signature=True, key_encipherment=leaf_key.key_type == "rsa")
    begins, ends = _validity(server, authority.certificate, at, standing)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(authority.certificate.subject)
               .public_key(public_key).serial_number(x509.random_serial_number())
               .not_valid_before(begins).not_valid_after(ends)
               .add_extension(_NO_CA, critical=True)
               .add_extension(usage, critical=True)
               .add_extension(_SERVER_AUTH, critical=False)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
               .add_extension(authority_key_identifier(authority.certificate), critical=False))
    if names:  # critical below an empty subject: RFC 5280 §4.2.1.6
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not subject.rdns)
    return builder.sign(authority.key, authority.digest)


def _validity(server: x509.Certificate, authority: x509.Certificate, at: datetime,
              standing: Standing) -> tuple[datetime, datetime]:
    """The part of the server's validity that lies in the CA's, cut to what clients take.

    Where there is none the server's own: a certificate out of its time must not seem to be in it.
    """
    earliest = max(server.not_valid_before_utc, standing.begins or server.not_valid_before_utc)
    latest = min(server.not_valid_after_utc, standing.ends or server.not_valid_after_utc)
    begins, ends = max(earliest, authority.not_valid_before_utc), min(latest, authority.not_valid_after_utc)
    if begins <= ends:
        earliest, latest = begins, ends
    elif earliest > latest:  # the server's own dates make no sense
        latest = earliest
    begins = max(earliest, min(at - CLOCK_SKEW, latest - MAX_VALIDITY))
    return begins, min(latest, begins + MAX_VALIDITY)


def _subject(server: x509.Certificate, constraints: Constraints) -> x509.Name:
    """The server's subject, without what is not to be printed; empty where it cannot be copied or may not be signed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of attributes longer than X.520 allows, which clients take
            subject = x509.Name([kept for rdn in server.subject.rdns if (kept := _printable(rdn)) is not None])
            subject.public_bytes()
    except UNREADABLE:
        return x509.Name([])
    return subject if constraints.permits_subject(subject) else x509.Name([])


def _printable(rdn: x509.RelativeDistinguishedName) -> x509.RelativeDistinguishedName | None:
    kept = [attribute for attribute in rdn if isinstance(attribute.value, str) and attribute.value.isprintable()]
    return x509.RelativeDistinguishedName(kept) if kept else None


def _names(server: x509.Certificate, constraints: Constraints) -> list[x509.DNSName | x509.IPAddress]:
    copied = [name for name in _held_names(server) if str(name.value).isprintable()]
    permitted = [name for name in copied if constraints.permits(name)]
    if copied and not permitted:
        raise ValueError("the name constraints of the proxy's CA permit none of the server's names")
    return permitted


def _held_names(server: x509.Certificate) -> Iterable[x509.DNSName | x509.IPAddress]:
    try:
        held = extension(server, x509.SubjectAlternativeName) or ()
    except UNREADABLE:
        return
    for name in held:
        is_address = isinstance(name, x509.IPAddress) and isinstance(name.value, IPv4Address | IPv6Address)
        if isinstance(name, x509.DNSName) or (isinstance(name, x509.IPAddress) and is_address):
            yield name
