"""The form that RFC 5280 §4 asks of every certificate on a path: version, serial, names, identifiers, extensions.

Key identifiers may be missing and basicConstraints uncritical, as private CAs write them: §6 needs neither.
"""

from cryptography import x509

from nf.pki.certificate import Certificate
from nf.pki.verdict import AuthFailure, Fault

MAX_SERIAL_BITS = 159  # 20 octets with a clear sign bit, RFC 5280 §4.1.2.2
NEVER_CRITICAL = (x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier, x509.AuthorityInformationAccess)
ALWAYS_CRITICAL = (x509.PolicyConstraints, x509.InhibitAnyPolicy)


def form_fault(certificate: Certificate, *, anchor: bool) -> Fault | None:
    """What is wrong with the form of a certificate; an anchor may have any serial number, as roots of the web do."""
    if certificate.parsed.version is not x509.Version.v3:
        return Fault(AuthFailure.NOT_V3)
    if not anchor and (certificate.serial <= 0 or certificate.serial.bit_length() > MAX_SERIAL_BITS):
        return Fault(AuthFailure.MALFORMED, detail="serial number is not a positive number of at most 20 octets")
    if not certificate.parsed.issuer.rdns:
        return Fault(AuthFailure.MALFORMED, detail="issuer has no name")
    return _criticality_fault(certificate) or _identifier_fault(certificate)


def _criticality_fault(certificate: Certificate) -> Fault | None:
    for kind, extension in certificate.extensions.items():
        if kind in (NEVER_CRITICAL if extension.critical else ALWAYS_CRITICAL):
            state = "critical" if extension.critical else "not critical"
            return Fault(AuthFailure.BAD_EXTENSION, detail=f"extension {extension.oid.dotted_string} is {state}")
    access = certificate.extension(x509.AuthorityInformationAccess)
    if access is not None and not len(access):
        return Fault(AuthFailure.BAD_EXTENSION, detail="authorityInfoAccess is empty")
    return None


def _identifier_fault(certificate: Certificate) -> Fault | None:
    authority = certificate.extension(x509.AuthorityKeyIdentifier)
    if authority is None:
        return None
    identifier = authority.key_identifier
    if identifier is None and authority.authority_cert_issuer is None:
        return Fault(AuthFailure.BAD_EXTENSION, detail="authorityKeyIdentifier identifies no key")
    own = certificate.extension(x509.SubjectKeyIdentifier)
    if certificate.self_issued and own is not None and identifier not in (None, own.digest) and certificate.is_its_own_signer:
        return Fault(AuthFailure.BAD_EXTENSION, detail="self-signed certificate names another key as its signer's")
    return None


def leaf_form_fault(certificate: Certificate) -> Fault | None:
    """What is wrong with the form of a server's own certificate beyond that."""
    if certificate.extension(x509.NameConstraints) is not None:
        return Fault(AuthFailure.BAD_EXTENSION, detail="name constraints in the server's own certificate")
    names = certificate.extension(x509.SubjectAlternativeName)
    if names is None:
        return None
    critical, subject = certificate.extensions[x509.SubjectAlternativeName].critical, certificate.parsed.subject.rdns
    if critical is bool(subject):
        words = "critical beside a subject" if critical else "not critical where the subject is empty"
        return Fault(AuthFailure.BAD_EXTENSION, detail=f"subjectAltName is {words}")
    if any(not hasattr(address, "packed") for address in names.get_values_for_type(x509.IPAddress)):
        return Fault(AuthFailure.BAD_EXTENSION, detail="subjectAltName holds a network in place of an address")
    return None
