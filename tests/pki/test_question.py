"""What is posted to a responder, and which answers have the right nonce."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from nf.pki.question import Question
from tests.pki.factory import DAY, LEAF, MIDDLE, NOW

NONCE, OTHER = bytes(range(16)), bytes(16)


def response(nonce: bytes | None) -> bytes:
    builder = (ocsp.OCSPResponseBuilder().add_response(LEAF.certificate, MIDDLE.certificate, hashes.SHA1(),  # noqa: S303
                                                       ocsp.OCSPCertStatus.GOOD, NOW, NOW + DAY, None, None)
               .responder_id(ocsp.OCSPResponderEncoding.HASH, MIDDLE.certificate))
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(MIDDLE.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("nonce", [True, None, False])
def test_the_request_names_the_certificate_and_has_a_nonce_unless_told_otherwise(nonce: bool | None) -> None:
    request = ocsp.load_der_ocsp_request(Question(LEAF.der, MIDDLE.der, (), nonce).request(NONCE))
    assert request.serial_number == LEAF.certificate.serial_number
    assert [one.value.nonce for one in request.extensions] == ([] if nonce is False else [NONCE])


@pytest.mark.parametrize(("nonce", "answer", "fine"), [
    (True, NONCE, True), (True, OTHER, False), (True, None, False), (None, NONCE, True), (None, OTHER, False),
    (None, None, True), (False, None, True), (False, OTHER, True)])
def test_the_answer_repeats_the_nonce(nonce: bool | None, answer: bytes | None, fine: bool) -> None:
    assert Question(LEAF.der, MIDDLE.der, (), nonce).is_answered_by(response(answer), NONCE) is fine


def test_what_is_no_response_answers_nothing() -> None:
    assert not Question(LEAF.der, MIDDLE.der, ()).is_answered_by(b"\x30\x03\x0a\x01\x06", NONCE)
    assert not Question(LEAF.der, MIDDLE.der, ()).is_answered_by(b"no", NONCE)
