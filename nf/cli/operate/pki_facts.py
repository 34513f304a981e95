"""What `show security pki` says of certificates, CRLs and requests, as plain data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from nf.pki.certificate import UNREADABLE, PublicKey, extension

_PARTS = (("organization", NameOID.ORGANIZATION_NAME), ("organizational-unit", NameOID.ORGANIZATIONAL_UNIT_NAME),
          ("country", NameOID.COUNTRY_NAME), ("state", NameOID.STATE_OR_PROVINCE_NAME), ("locality", NameOID.LOCALITY_NAME),
          ("common-name", NameOID.COMMON_NAME), ("domain-component", NameOID.DOMAIN_COMPONENT))
_USES = (("CRL signing", "crl_sign"), ("Certificate signing", "key_cert_sign"), ("Key agreement", "key_agreement"),
         ("Data encipherment", "data_encipherment"), ("Key encipherment", "key_encipherment"),
         ("Non repudiation", "content_commitment"), ("Digital signature", "digital_signature"))
_SHORT = {NameOID.EMAIL_ADDRESS: "emailAddress", NameOID.SERIAL_NUMBER: "serialNumber"}


def certificate_facts(name: str, certificate: x509.Certificate) -> dict[str, Any]:
    """Of a certificate that could be read; dates in UTC, identifiers and digests in hexadecimal."""
    return {
        "certificate-identifier": name, "certificate-version": certificate.version.value + 1,
        "serial-number": f"{certificate.serial_number:x}",
        "issuer": _parts(certificate.issuer), "issuer-string": one_line(certificate.issuer),
        "subject": _parts(certificate.subject), "subject-string": one_line(certificate.subject),
        "alternate-subject": _alternate(certificate),
        "not-before": minutes(certificate.not_valid_before_utc), "not-after": minutes(certificate.not_valid_after_utc),
        **_key_facts(certificate.public_key()), "signature-algorithm": _signature(certificate),
        "distribution-crl": _distribution(certificate), "use-for-key": _uses(certificate),
        "fingerprints": {digest.name: certificate.fingerprint(digest).hex(":")
                         for digest in (hashes.SHA1(), hashes.SHA256())}}  # noqa: S303 - a name for it, not a proof


def crl_facts(ca_profile: str, crl: x509.CertificateRevocationList) -> dict[str, Any]:
    """Of one list, with all that it revokes."""
    return {"ca-profile": ca_profile, "crl-version": 2, "crl-issuer": one_line(crl.issuer),
            "effective-date": minutes(crl.last_update_utc),
            "next-update": None if crl.next_update_utc is None else minutes(crl.next_update_utc),
            "revocation-list": [{"serial-number": f"{entry.serial_number:x}", "date": minutes(entry.revocation_date_utc)}
                                for entry in crl]}


def request_facts(name: str, request: x509.CertificateSigningRequest) -> dict[str, Any]:
    """Of a PKCS #10 request."""
    public_key = request.public_key()
    return {"certificate-identifier": name, "certificate-version": 1, "subject": _parts(request.subject),
            "subject-string": one_line(request.subject), **_key_facts(public_key)}


def minutes(at: datetime) -> str:
    """As the devices write a date."""
    return f"{at:%m-%d-%Y %H:%M} UTC"


def one_line(name: x509.Name) -> str:
    """A distinguished name with the most specific part first."""
    return ", ".join(part.rfc4514_string(_SHORT) for part in reversed(name.rdns))


def _parts(name: x509.Name) -> dict[str, str]:
    found = {word: [str(attribute.value) for attribute in name.get_attributes_for_oid(oid)] for word, oid in _PARTS}
    return {word: ", ".join(values) for word, values in found.items() if values}


def _alternate(certificate: x509.Certificate) -> list[str]:
    try:
        names: Sequence[x509.GeneralName] = list(extension(certificate, x509.SubjectAlternativeName) or ())
    except UNREADABLE:
        return ["unreadable"]
    return [str(name.value) for name in names
            if isinstance(name, x509.DNSName | x509.RFC822Name | x509.IPAddress | x509.UniformResourceIdentifier)]


def _key_facts(key: object) -> dict[str, Any]:
    octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if isinstance(key, PublicKey) else b""
    if isinstance(key, rsa.RSAPublicKey):
        kind, size, octets = "rsaEncryption", key.key_size, key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        kind, size = "ecdsaEncryption", key.key_size
        octets = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        kind, size = "unknown", 0
    return {"public-key-algorithm": kind, "public-key-length": size, "public-key": octets.hex(":")}


def _signature(certificate: x509.Certificate) -> str:
    return str(getattr(certificate.signature_algorithm_oid, "_name", certificate.signature_algorithm_oid.dotted_string))


def _distribution(certificate: x509.Certificate) -> list[str]:
    try:
        points = extension(certificate, x509.CRLDistributionPoints) or ()
    except UNREADABLE:
        return []
    return [str(name.value) for point in points for name in point.full_name or ()]


def _uses(certificate: x509.Certificate) -> list[str]:
    try:
        usage = extension(certificate, x509.KeyUsage)
    except UNREADABLE:
        return []
    return [] if usage is None else [words for words, bit in _USES if getattr(usage, bit)]
