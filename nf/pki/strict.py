"""The letter of RFC 5280 §4.2 and of the web's CAs, for profiles that ask for it; many private CAs do not keep to it."""

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki.certificate import Certificate
from nf.pki.path import Path
from nf.pki.verdict import AuthFailure, Fault

WEB_PURPOSES = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH})


def strict_path_fault(path: Path) -> Fault | None:
    """The first certificate of a path, leaf first, that has what the letter forbids, or lacks what it asks for."""
    for depth, certificate in enumerate(path):
        leaf, anchor = depth == 0, depth == len(path) - 1
        words = (_identifier_words(certificate, leaf=leaf) or _purpose_words(certificate, leaf=leaf, anchor=anchor)
                 or ("" if leaf else _constraint_words(certificate)))
        if words:
            return Fault(AuthFailure.BAD_EXTENSION, depth, f"strict: {words}")
    return None


def _identifier_words(certificate: Certificate, *, leaf: bool) -> str:
    authority = certificate.extension(x509.AuthorityKeyIdentifier)
    if authority is None:
        if not certificate.is_its_own_signer:
            return "authorityKeyIdentifier is missing"
    elif authority.authority_cert_issuer is not None or authority.key_identifier is None:
        return "authorityKeyIdentifier is more than a key identifier"
    return "" if leaf or certificate.extension(x509.SubjectKeyIdentifier) is not None else "subjectKeyIdentifier is missing"


def _purpose_words(certificate: Certificate, *, leaf: bool, anchor: bool) -> str:
    purposes = certificate.extension(x509.ExtendedKeyUsage)
    if purposes is None:
        return ""
    if anchor and not leaf:
        return "a root has extendedKeyUsage"
    if not leaf:
        return ""
    if certificate.extensions[x509.ExtendedKeyUsage].critical:
        return "extendedKeyUsage is critical"
    return "" if WEB_PURPOSES.issuperset(purposes) else "extendedKeyUsage is for more than TLS"


def _constraint_words(certificate: Certificate) -> str:
    constraints = certificate.extensions.get(x509.BasicConstraints)
    return "" if constraints is not None and constraints.critical else "basicConstraints is not critical"
