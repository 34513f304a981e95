"""The interdicted certificate: the leaf that the client sees in place of the server's, signed by the proxy's CA.

Subject and names are the server's; key, issuer, serial number and everything else are ours. What would be false after
re-signing (SCTs, status and CRL addresses, must-staple, key identifiers) is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki.authority import CLOCK_SKEW, Authority, KeyType, PrivateKey, create_authority, key_usage, new_key
from nf.pki.certificate import UNREADABLE, extension
from nf.pki.verdict import AuthFailure

MAX_VALIDITY = timedelta(days=197)  # browsers' limit for server certificates in 2026 is 200 days
DISTRUSTED_NAME = "SSL-PROXY: DUMMY_CERT:GENERATED DUE TO SRVR AUTH FAILURE"  # recalled, not confirmed, as the device's
_SERVER_AUTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
_NO_CA = x509.BasicConstraints(ca=False, path_length=None)


@dataclass(frozen=True, slots=True)
class LeafKey:
    """The key of forged leaves, never the CA's own; it is never printed."""

    key: PrivateKey = field(repr=False)
    key_type: KeyType


def new_leaf_key(authority: Authority) -> LeafKey:
    """A fresh leaf key of the CA's kind: RSA-2048 below an RSA CA, P-256 below an ECDSA one."""
    return LeafKey(new_key(authority.key_type), authority.key_type)


def interdict(server_certificate: x509.Certificate, authority: Authority, leaf_key: LeafKey,
              at: datetime) -> x509.Certificate:
    """Forge the server's certificate under our CA; total on whatever certificate a server sends.

    ValueError where the leaf key is the CA's own, which no caller may do. DNS and IP names are copied as they are,
    unless the CA's name constraints forbid one or it holds control characters; none is ever added.
    """
    public_key = leaf_key.key.public_key()
    if public_key == authority.key.public_key():
        raise ValueError("the CA's key must not be a leaf's")
    return _forge(server_certificate, authority, leaf_key, at)


def interdict_distrusted(server_certificate: x509.Certificate, failure: AuthFailure, distrusted: Authority, leaf_key: LeafKey,
                         at: datetime) -> x509.Certificate:
    """Forge the certificate of a server that failed authentication, so that it fails the client's in the same way.

    What signed itself signs itself again; everything else comes from `distrusted`, a CA that no client knows. Names and
    dates stay the server's: an expired certificate stays expired, a wrong name wrong.
    """
    if failure is AuthFailure.SELF_SIGNED:
        own = Authority(_like_itself(server_certificate, leaf_key, at), leaf_key.key)
        return _forge(server_certificate, own, leaf_key, at)
    return _forge(server_certificate, distrusted, leaf_key, at)


def new_distrusted(authority: Authority) -> Authority:
    """A CA that exists nowhere else, for servers that failed; old and lasting, so that it shortens no server's dates."""
    return create_authority(DISTRUSTED_NAME, authority.key_type, at=datetime(1971, 1, 1, tzinfo=UTC), days=365 * 200)


def _like_itself(server: x509.Certificate, leaf_key: LeafKey, at: datetime) -> x509.Certificate:
    """The issuer of a self-signed certificate: the same subject, dates and key."""
    subject = _subject(server)
    begins, ends = min(server.not_valid_before_utc, at), max(server.not_valid_after_utc, at)
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(leaf_key.key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
            .sign(leaf_key.key, hashes.SHA256()))


def _forge(server_certificate: x509.Certificate, authority: Authority, leaf_key: LeafKey,
           at: datetime) -> x509.Certificate:
    public_key = leaf_key.key.public_key()
    subject = _subject(server_certificate)
    names = tuple(_names(server_certificate, authority.certificate))
    usage = key_usage(digital_signature=True, key_encipherment=leaf_key.key_type == "rsa")
    begins, ends = _validity(server_certificate, authority.certificate, at)
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(authority.certificate.subject)
               .public_key(public_key).serial_number(x509.random_serial_number())
               .not_valid_before(begins).not_valid_after(ends)
               .add_extension(_NO_CA, critical=True)
               .add_extension(usage, critical=True)
               .add_extension(_SERVER_AUTH, critical=False)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
               .add_extension(_authority_key_identifier(authority.certificate), critical=False))
    if names:  # critical below an empty subject: RFC 5280 §4.2.1.6
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=not subject.rdns)
    return builder.sign(authority.key, authority.digest)


def _authority_key_identifier(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    held = extension(certificate, x509.SubjectKeyIdentifier)
    identifier = held or x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _validity(server: x509.Certificate, authority: x509.Certificate, at: datetime) -> tuple[datetime, datetime]:
    """The part of the server's validity that lies in the CA's, cut to what clients take.

    Where there is none, a single moment of the CA's: a certificate out of its time must not seem to be in it.
    """
    earliest = max(server.not_valid_before_utc, authority.not_valid_before_utc)
    latest = min(server.not_valid_after_utc, authority.not_valid_after_utc)
    if earliest > latest:
        moment = min(earliest, authority.not_valid_after_utc)
        return moment, moment
    begins = max(earliest, min(at, latest) - CLOCK_SKEW)
    return begins, min(latest, begins + MAX_VALIDITY)


def _subject(server: x509.Certificate) -> x509.Name:
    try:
        rdns = [kept for rdn in server.subject.rdns if (kept := _printable(rdn)) is not None]
        subject = x509.Name(rdns)
        subject.public_bytes()
    except UNREADABLE:
        return x509.Name([])
    return subject


def _printable(rdn: x509.RelativeDistinguishedName) -> x509.RelativeDistinguishedName | None:
    kept = [attribute for attribute in rdn if isinstance(attribute.value, str) and attribute.value.isprintable()]
    return x509.RelativeDistinguishedName(kept) if kept else None


def _names(server: x509.Certificate, authority: x509.Certificate) -> Iterable[x509.DNSName | x509.IPAddress]:
    try:
        held = extension(server, x509.SubjectAlternativeName) or ()
    except UNREADABLE:
        return
    constraints = extension(authority, x509.NameConstraints)
    for name in held:
        if not isinstance(name, x509.DNSName | x509.IPAddress) or not str(name.value).isprintable():
            continue
        if _permitted(name, constraints):
            yield name


def _permitted(name: x509.DNSName | x509.IPAddress, constraints: x509.NameConstraints | None) -> bool:
    if constraints is None:
        return True
    permitted = [subtree for subtree in constraints.permitted_subtrees or () if type(subtree) is type(name)]
    excluded = [subtree for subtree in constraints.excluded_subtrees or () if type(subtree) is type(name)]
    return (not permitted or any(_within(name, subtree) for subtree in permitted)) and not any(
        _within(name, subtree) for subtree in excluded)


def _within(name: x509.DNSName | x509.IPAddress, subtree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName):
        suffix = str(subtree.value).lower().removeprefix(".")
        return not suffix or name.value.lower() == suffix or name.value.lower().endswith("." + suffix)
    if isinstance(name.value, IPv4Address | IPv6Address) and isinstance(subtree, x509.IPAddress):
        network = subtree.value
        return not isinstance(network, IPv4Address | IPv6Address) and name.value in network
    return False
