"""What an OCSP responder is asked of one certificate (RFC 6960 §4.1), and where; nothing is sent from here."""

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from nf.pki.certificate import UNREADABLE, Certificate
from nf.policy.pki import OcspCheck, is_askable

MOST_URLS: Final = 3  # of a certificate, which its server has sent


@dataclass(frozen=True, slots=True)
class Question:
    """A certificate and its issuer (DER), who may know of it, and whether the answer must repeat the nonce (None: it may)."""

    certificate: bytes
    issuer: bytes
    urls: tuple[str, ...]
    nonce: bool | None = None

    def request(self, nonce: bytes) -> bytes:
        """What is posted; the nonce (RFC 9654) is left out where the operator says so. ValueError: it cannot be asked."""
        pair = x509.load_der_x509_certificate(self.certificate), x509.load_der_x509_certificate(self.issuer)
        builder = ocsp.OCSPRequestBuilder().add_certificate(*pair, hashes.SHA1())  # noqa: S303 - a name, and what all know
        if self.nonce is not False:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return builder.build().public_bytes(Encoding.DER)

    def is_answered_by(self, response: bytes, nonce: bytes) -> bool:
        """Whether the nonce says that the response is to this request; whose it is and what it says is judged later."""
        try:
            found = ocsp.load_der_ocsp_response(response).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        except x509.ExtensionNotFound:
            return not self.nonce
        except UNREADABLE:
            return False
        return self.nonce is False or found == nonce


def question(certificate: Certificate, issuer: Certificate, check: OcspCheck) -> Question:
    """The question that a CA profile has of a certificate: to its own responders, or to those that the certificate names."""
    urls = check.asked or _named(certificate)
    return Question(certificate.der, issuer.der, urls, check.nonce_payload)


def _named(certificate: Certificate) -> tuple[str, ...]:
    access = certificate.extension(x509.AuthorityInformationAccess)
    places = [one.access_location for one in access or () if one.access_method == AuthorityInformationAccessOID.OCSP]
    urls = (place.value for place in places if isinstance(place, x509.UniformResourceIdentifier))
    return tuple(dict.fromkeys(filter(is_askable, urls)))[:MOST_URLS]
