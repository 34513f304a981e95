"""One certificate revocation list: its form, whose it is, and what it covers (RFC 5280 §5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from nf.pki import tlv
from nf.pki.certificate import UNREADABLE, Certificate
from nf.pki.keys import key_fault, sound_algorithm

MAX_LOOKED_THROUGH = 20_000  # entries; of a longer list only the one asked for is read
_LAST_UTC_YEAR = 2049
_UNDERSTOOD = (x509.CRLReason, x509.InvalidityDate)


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list that could be read.

    `flaw` says what makes it useless whatever is asked of it, `gap` why a certificate that it does not name may be revoked
    all the same; empty where there is no such thing.
    """

    parsed: x509.CertificateRevocationList = field(repr=False)
    issuer: bytes = field(repr=False)
    begins: datetime
    ends: datetime | None
    scope: x509.IssuingDistributionPoint | None
    delta: bool
    flaw: str
    gap: str

    def current(self, at: datetime) -> bool:
        """Whether the list holds at this time."""
        return self.ends is not None and self.begins <= at <= self.ends

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key made the signature, with an algorithm that counts."""
        try:
            key: Any = issuer.parsed.public_key()  # of a kind that signs, or it has a fault
            return key_fault(issuer) is None and sound_algorithm(self.parsed) and self.parsed.is_signature_valid(key)
        except (*UNREADABLE, InvalidSignature):
            return False

    def covers(self, certificate: Certificate) -> bool:
        """Whether the list, by its scope, would name a certificate that is revoked."""
        scope = self.scope
        if scope is None:
            return True
        constraints = certificate.extension(x509.BasicConstraints)
        is_ca = constraints is not None and constraints.ca
        if scope.only_contains_attribute_certs or (scope.only_contains_user_certs and is_ca):
            return False
        if scope.only_contains_ca_certs and not is_ca:
            return False
        return (scope.full_name is None and scope.relative_name is None) or self._shares_a_point(certificate, scope)

    def entry(self, certificate: Certificate) -> x509.RevokedCertificate | None:
        """What the list says of a certificate, if it names it."""
        return self.parsed.get_revoked_certificate_by_serial_number(certificate.serial)

    def _shares_a_point(self, certificate: Certificate, scope: x509.IssuingDistributionPoint) -> bool:
        points = certificate.extension(x509.CRLDistributionPoints) or ()
        held = [name for point in points if not point.crl_issuer
                for name in _names(point.full_name, point.relative_name, certificate.parsed.issuer)]
        own = list(_names(scope.full_name, scope.relative_name, self.parsed.issuer))
        # A host or an address is no place to get a list from; who writes one there is not to be guessed at.
        located = all(isinstance(name, x509.UniformResourceIdentifier | x509.DirectoryName) for name in (*held, *own))
        return located and any(name in held for name in own)


def _names(full: list[x509.GeneralName] | None, relative: x509.RelativeDistinguishedName | None,
           issuer: x509.Name) -> Iterator[x509.GeneralName]:
    yield from full or ()
    if relative is not None:
        yield x509.DirectoryName(x509.Name([*issuer.rdns, relative]))


def read_crl(der: bytes) -> x509.CertificateRevocationList | None:
    """Read a CRL, or None where it is no well-formed one."""
    try:
        crl = x509.load_der_x509_crl(der)
        _ = crl.extensions, crl.issuer, crl.last_update_utc, crl.next_update_utc
    except UNREADABLE:
        return None
    return crl


def read_list(der: bytes) -> RevocationList | None:
    """Read a CRL with all that is asked of it, or None where it is no well-formed one."""
    crl = read_crl(der)
    if crl is None:
        return None
    kinds = {type(extension.value): extension.value for extension in crl.extensions}
    value = kinds.get(x509.IssuingDistributionPoint)
    scope = value if isinstance(value, x509.IssuingDistributionPoint) else None
    return RevocationList(crl, crl.issuer.public_bytes(), crl.last_update_utc, crl.next_update_utc, scope,
                          x509.DeltaCRLIndicator in kinds, _flaw(crl), _gap(crl, scope, set(kinds)))


def _gap(crl: x509.CertificateRevocationList, scope: x509.IssuingDistributionPoint | None, kinds: set[type]) -> str:
    if x509.DeltaCRLIndicator in kinds:
        return "it is a delta"
    if scope is not None and (scope.only_some_reasons or scope.indirect_crl):
        return "it is indirect" if scope.indirect_crl else "it is for some reasons alone"
    if kinds and x509.CRLNumber not in kinds:
        return "it has extensions and no number"
    return "it does not say when the next one comes" if crl.next_update_utc is None else ""


def _flaw(crl: x509.CertificateRevocationList) -> str:
    for extension in crl.extensions:
        known = isinstance(extension.value, x509.DeltaCRLIndicator | x509.IssuingDistributionPoint)
        if extension.critical != known and (extension.critical or known):
            return f"extension {extension.oid.dotted_string} is {'' if extension.critical else 'not '}critical"
    if len(crl) <= MAX_LOOKED_THROUGH and not all(map(entry_understood, crl)):
        return "an entry asks for what is not known"
    return _form_flaw(crl)


def _form_flaw(crl: x509.CertificateRevocationList) -> str:
    try:
        fields = list(tlv.elements(tlv.inner(crl.tbs_certlist_bytes)))
    except ValueError:
        return "it cannot be read"
    if len(crl.extensions) and fields[0][0] != tlv.INTEGER:
        return "it has extensions and is of version 1"
    written = [tag for tag, _ in fields if tag in (tlv.UTC_TIME, tlv.GENERALIZED_TIME)]
    moments = [moment for moment in (crl.last_update_utc, crl.next_update_utc) if moment is not None]
    wanted = [tlv.UTC_TIME if moment.year <= _LAST_UTC_YEAR else tlv.GENERALIZED_TIME for moment in moments]
    return "" if written == wanted else "a date is written in the wrong way"


def entry_understood(entry: x509.RevokedCertificate) -> bool:
    """Whether no extension of an entry asks for more than is known here (RFC 5280 §5.3)."""
    try:
        return all(not extension.critical or isinstance(extension.value, _UNDERSTOOD) for extension in entry.extensions)
    except UNREADABLE:
        return False
