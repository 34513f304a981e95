"""An OCSP response (RFC 6960), stapled (RFC 6066 §8) or asked for: whether it speaks for a certificate, and what it says.

It counts when the certificate's issuer signed it, or a responder that this issuer certified with OCSPSigning, and when
it is of now. A response that does not count is as good as none: a server could as well leave it out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki import tlv
from nf.pki.certificate import UNREADABLE, Certificate, read
from nf.pki.keys import DIGESTS, digest_fault, key_fault
from nf.pki.path import Path
from nf.pki.revocation import HOLD, REASONS, Revocation, revoked
from nf.pki.verdict import AuthFailure, CrlPolicy, Fault

SKEW = timedelta(minutes=5)  # by which a responder's clock may be ahead
MAX_RESPONSES = 20  # single responses, and certificates, that are looked at
_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})  # they only find the certificate, so SHA-1 does no harm


class Status(Enum):
    """What a response says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Staple:
    """A judged response: the status, until when it holds, and the number and words of a revocation's reason."""

    status: Status
    until: datetime | None = None
    number: int = 0
    text: str = ""
    why: str = ""  # a response that is unusable is so


def _nobody(_: Certificate) -> bool:
    return False


def read_staple(der: bytes, certificate: Certificate, issuer: Certificate, at: datetime, *, fresh: bool = False,
                refused: Callable[[Certificate], bool] = _nobody) -> Staple:
    """What a response, as it came, says of a certificate at a time; never raises on its bytes.

    fresh: it was just asked for, so it need not say until when it holds. refused: responders that are not believed.
    """
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Staple(Status.UNUSABLE, why=f"the responder answers {response.response_status.name.lower()}")
        if not _signed(response, issuer, at, refused):
            return Staple(Status.UNUSABLE, why="it is signed by nobody who may")
        if any(extension.critical for extension in response.extensions):
            return Staple(Status.UNUSABLE, why="it has a critical extension")
        for number, single in enumerate(response.responses):
            if number < MAX_RESPONSES and _is_about(single, certificate, issuer):
                return _judged(single, at, fresh=fresh)
    except UNREADABLE:
        return Staple(Status.UNUSABLE, why="it cannot be read")
    return Staple(Status.UNUSABLE, why="it is about another certificate")


def _judged(single: ocsp.OCSPSingleResponse, at: datetime, *, fresh: bool) -> Staple:
    until = single.next_update_utc or (single.this_update_utc + SKEW if fresh else None)
    if until is None or at > until or single.this_update_utc > at + SKEW:
        return Staple(Status.UNUSABLE, why="it is not of now")
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        reason = single.revocation_reason
        return Staple(Status.REVOKED, until, *REASONS["unspecified" if reason is None else reason.value])
    good = single.certificate_status is ocsp.OCSPCertStatus.GOOD
    return Staple(Status.GOOD if good else Status.UNKNOWN, until)


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    if single.serial_number != certificate.serial or single.hash_algorithm.name not in _HASHES:
        return False
    return (single.issuer_name_hash == _hash(single.hash_algorithm, certificate.issuer)
            and single.issuer_key_hash == _hash(single.hash_algorithm, tlv.key_bits(issuer.key_der)))


def _hash(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _signed(response: ocsp.OCSPResponse, issuer: Certificate, at: datetime, refused: Callable[[Certificate], bool]) -> bool:
    digest = response.signature_hash_algorithm
    if digest is None or digest.name not in DIGESTS:
        return False
    sent = [read(certificate.public_bytes(Encoding.DER)) for certificate in response.certificates[:MAX_RESPONSES]]
    delegates = [one for one in sent if one is not None and _may_respond(one, issuer, at) and not refused(one)]
    return any(_made_signature(response, signer, digest) for signer in _responders(response, [issuer, *delegates]))


def _responders(response: ocsp.OCSPResponse, candidates: Sequence[Certificate]) -> list[Certificate]:
    if response.responder_name is not None:
        name = response.responder_name.public_bytes()
        return [one for one in candidates if one.subject == name]
    return [one for one in candidates if _hash(hashes.SHA1(), tlv.key_bits(one.key_der)) == response.responder_key_hash]  # noqa: S303 - a name, RFC 6960 §4.2.1


def _may_respond(delegate: Certificate, issuer: Certificate, at: datetime) -> bool:
    """Whether the issuer itself certified a responder for this, RFC 6960 §4.2.2.2."""
    purposes = delegate.extension(x509.ExtendedKeyUsage)
    return (purposes is not None and ExtendedKeyUsageOID.OCSP_SIGNING in purposes
            and delegate.parsed.not_valid_before_utc <= at <= delegate.parsed.not_valid_after_utc
            and key_fault(delegate) is None and digest_fault(delegate) is None
            and delegate.names(issuer) and delegate.signed_by(issuer))


def is_spared(responder: Certificate) -> bool:
    """Whether a responder's certificate says that its own revocation is not to be looked up, RFC 6960 §4.2.2.2.1."""
    return responder.extension(x509.OCSPNoCheck) is not None


def _made_signature(response: ocsp.OCSPResponse, signer: Certificate, digest: hashes.HashAlgorithm) -> bool:
    if key_fault(signer) is not None:
        return False
    try:
        if isinstance(signer.key, rsa.RSAPublicKey):
            signer.key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        elif isinstance(signer.key, ec.EllipticCurvePublicKey):
            signer.key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        else:
            return False
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def demands_staple(certificate: Certificate) -> bool:
    """Whether a certificate holds only with a stapled response ("must-staple", RFC 7633)."""
    feature = certificate.extension(x509.TLSFeature)
    return feature is not None and x509.TLSFeatureType.status_request in feature


def stapled_revocation(stapled: bytes | None, path: Path, policy: CrlPolicy, at: datetime,
                       cert_ids: Mapping[bytes, str]) -> Revocation:
    """What the stapled response adds to the CRLs for a path's leaf: a revocation, or that must-staple is not met."""
    leaf, issuer = path[0], path[1]
    if stapled is None or issuer.der in policy.unchecked or path[-1].der in policy.unchecked:
        return Revocation()
    staple = read_staple(stapled, leaf, issuer, at) if stapled else Staple(Status.UNUSABLE, why="none came")
    if staple.status is Status.REVOKED and not (staple.number == HOLD and policy.ignore_hold):
        return Revocation(revoked(0, cert_ids.get(path[-1].der, "0"), staple.number, staple.text))
    if staple.status is Status.UNKNOWN and not policy.accept_unknown.intersection({issuer.der, path[-1].der}):
        return Revocation(Fault(AuthFailure.OCSP_UNKNOWN, 0))
    if staple.status is Status.UNUSABLE and demands_staple(leaf):
        return Revocation(Fault(AuthFailure.STAPLE_MISSING, 0, f"stapled OCSP response: {staple.why}"))
    return Revocation(None, staple.until)
