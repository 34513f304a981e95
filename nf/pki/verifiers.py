"""Two independent verifiers for one path, OpenSSL's and the cryptography package's: it counts when both accept it.

OpenSSL knows path lengths, critical extensions and name constraints but lets a wildcard name escape an excluded
subtree and odd encodings pass; the second is strict about those. Both get the certificates of this path and no others.
On what the second is known not to implement it is not asked: it would reject what RFC 5280 allows. Our own rules stand
in for it there, those of name constraints and policies among them.
"""

from datetime import datetime
from functools import cache, lru_cache

from cryptography import x509
from cryptography.x509 import verification
from OpenSSL import crypto

from nf.pki.certificate import UNREADABLE, Certificate
from nf.pki.path import MAX_LENGTH, Path
from nf.pki.policies import MAPPINGS
from nf.pki.rules import SERVER_PURPOSES
from nf.pki.verdict import AuthFailure, Fault

POLICIES = (x509.CertificatePolicies, x509.PolicyConstraints, x509.InhibitAnyPolicy)
SECOND_LIMITS = (x509.DNSName, x509.IPAddress, x509.RFC822Name)
Subject = x509.DNSName | x509.IPAddress

_OPENSSL_REASONS = {  # X509_V_ERR_… of openssl/x509_vfy.h
    2: AuthFailure.UNKNOWN_CA, 20: AuthFailure.UNKNOWN_CA, 21: AuthFailure.UNKNOWN_CA,
    18: AuthFailure.SELF_SIGNED, 19: AuthFailure.SELF_SIGNED,
    4: AuthFailure.BAD_SIGNATURE, 6: AuthFailure.BAD_SIGNATURE, 7: AuthFailure.BAD_SIGNATURE,
    9: AuthFailure.NOT_YET_VALID, 10: AuthFailure.EXPIRED,
    22: AuthFailure.TOO_COMPLEX, 25: AuthFailure.PATH_LENGTH, 79: AuthFailure.NOT_A_CA, 26: AuthFailure.BAD_PURPOSE,
    47: AuthFailure.NAME_CONSTRAINT, 48: AuthFailure.NAME_CONSTRAINT, 49: AuthFailure.NAME_CONSTRAINT,
    51: AuthFailure.NAME_CONSTRAINT, 52: AuthFailure.NAME_CONSTRAINT, 53: AuthFailure.NAME_CONSTRAINT,
}


def openssl_fault(path: Path, at: datetime) -> Fault | None:
    """What OpenSSL has against the path, its last certificate being trusted, whether a root or not."""
    try:
        store = crypto.X509Store()
        store.set_time(at)
        store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
        leaf, *issuers = crypto.X509.from_cryptography(path[0].parsed), *map(_for_openssl, path[1:])
        store.add_cert(issuers[-1] if issuers else leaf)
        crypto.X509StoreContext(store, leaf, issuers[:-1]).verify_certificate()
    except crypto.X509StoreContextError as error:
        code, depth, text = error.errors
        return Fault(_OPENSSL_REASONS.get(code, AuthFailure.BAD_EXTENSION), depth, f"OpenSSL: {text}")
    except (crypto.Error, *UNREADABLE):
        return Fault(AuthFailure.MALFORMED, detail="OpenSSL cannot read a certificate of the path")
    return None


@lru_cache(maxsize=256)  # the same few CAs stand above thousands of servers
def _for_openssl(certificate: Certificate) -> crypto.X509:
    return crypto.X509.from_cryptography(certificate.parsed)


def second_fault(path: Path, at: datetime, subject: Subject | None) -> Fault | None:
    """What the cryptography package's verifier has against the path, and against the subject if one is given."""
    if not second_knows(path):
        return None
    try:
        leaf_policy = _leaf_policy(pinned=len(path) == 1, named=subject is not None)
        policy = (verification.PolicyBuilder().time(at).store(verification.Store([path[-1].parsed]))
                  .max_chain_depth(MAX_LENGTH).extension_policies(ca_policy=_ISSUER, ee_policy=leaf_policy))
        # Only the client's verifier can judge a path without a name; the purpose is set to serverAuth by the policies.
        verifier = policy.build_client_verifier() if subject is None else policy.build_server_verifier(subject)
        verifier.verify(path[0].parsed, [certificate.parsed for certificate in path[1:-1]])
    except verification.VerificationError as error:
        return _second_reason(str(error))
    except UNREADABLE as error:
        return Fault(AuthFailure.MALFORMED, detail=f"verifier: {error}")
    return None


def second_knows(path: Path) -> bool:
    """Whether the second verifier implements all that the path has: no policies, no self-issued CA below a path length,
    name constraints of DNS names, addresses and mailboxes alone.
    """
    if any(extension.critical and (isinstance(extension.value, POLICIES) or extension.oid == MAPPINGS)
           for certificate in path for extension in certificate.parsed.extensions):
        return False
    lengths = (certificate.extension(x509.BasicConstraints) for certificate in path[1:])
    counted = any(constraints is not None and constraints.path_length is not None for constraints in lengths)
    if counted and any(certificate.self_issued for certificate in path[1:-1]):
        return False
    limits = (certificate.extension(x509.NameConstraints) for certificate in path[1:])
    return all(isinstance(name, SECOND_LIMITS) and name.value != ""
               for limit in limits if limit is not None
               for name in (*(limit.permitted_subtrees or ()), *(limit.excluded_subtrees or ())))


def _second_reason(text: str) -> Fault:
    words = text.partition(" (encountered processing")[0]
    reasons = (("matching subjectAltName", AuthFailure.NAME_MISMATCH), ("name constraint", AuthFailure.NAME_CONSTRAINT))
    reason = next((reason for part, reason in reasons if part in words), AuthFailure.BAD_EXTENSION)
    return Fault(reason, detail=f"verifier: {words}")


def _is_ca(_: verification.Policy, __: x509.Certificate, value: x509.BasicConstraints) -> None:
    if not value.ca:
        raise ValueError("issuer is not marked as a CA")


def _is_no_ca(_: verification.Policy, __: x509.Certificate, value: x509.BasicConstraints | None) -> None:
    if value is not None and value.ca:
        raise ValueError("leaf is marked as a CA")


def _signs(_: verification.Policy, __: x509.Certificate, value: x509.KeyUsage | None) -> None:
    if value is not None and not value.key_cert_sign:
        raise ValueError("issuer lacks keyCertSign")


def _serves(_: verification.Policy, __: x509.Certificate, value: x509.ExtendedKeyUsage | None) -> None:
    if value is not None and not SERVER_PURPOSES.intersection(value):
        raise ValueError("extendedKeyUsage lacks serverAuth")


_EITHER = verification.Criticality.AGNOSTIC

# Private CAs often leave key identifiers and keyUsage out and basicConstraints uncritical; validation as in RFC 5280 §6
# needs none of these.
_ISSUER = (verification.ExtensionPolicy.webpki_defaults_ca()
           .may_be_present(x509.AuthorityKeyIdentifier, _EITHER, None)
           .may_be_present(x509.SubjectKeyIdentifier, _EITHER, None)
           .may_be_present(x509.SubjectAlternativeName, _EITHER, None)
           .may_be_present(x509.NameConstraints, _EITHER, None)
           .require_present(x509.BasicConstraints, _EITHER, _is_ca)
           .may_be_present(x509.KeyUsage, _EITHER, _signs)
           .may_be_present(x509.ExtendedKeyUsage, _EITHER, _serves))


@cache
def _leaf_policy(*, pinned: bool, named: bool) -> verification.ExtensionPolicy:
    policy = (verification.ExtensionPolicy.webpki_defaults_ee()
              .may_be_present(x509.AuthorityKeyIdentifier, _EITHER, None)
              .may_be_present(x509.SubjectKeyIdentifier, _EITHER, None)
              .may_be_present(x509.KeyUsage, _EITHER, None)
              .may_be_present(x509.BasicConstraints, _EITHER, None if pinned else _is_no_ca)
              .may_be_present(x509.ExtendedKeyUsage, _EITHER, _serves))
    if named:
        return policy.require_present(x509.SubjectAlternativeName, _EITHER, None)
    return policy.may_be_present(x509.SubjectAlternativeName, _EITHER, None)
