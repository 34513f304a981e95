"""Fatal alerts in the clear, as a client that waits for its ServerHello reads them."""

import ssl

import pytest
from OpenSSL import SSL

from nf.tls import alerts
from nf.tls.alerts import fatal
from tests.tls.ends import LibraryClient, connecting, library_context

WORDS = {alerts.UNEXPECTED_MESSAGE: "unexpected message", alerts.RECORD_OVERFLOW: "record overflow",
         alerts.ILLEGAL_PARAMETER: "illegal parameter", alerts.DECODE_ERROR: "decode error",
         alerts.HANDSHAKE_FAILURE: "handshake failure", alerts.BAD_CERTIFICATE: "bad certificate",
         alerts.CERTIFICATE_REVOKED: "certificate revoked", alerts.CERTIFICATE_EXPIRED: "certificate expired",
         alerts.CERTIFICATE_UNKNOWN: "certificate unknown", alerts.UNKNOWN_CA: "unknown ca",
         alerts.PROTOCOL_VERSION: "protocol version", alerts.INTERNAL_ERROR: "internal error",
         alerts.ACCESS_DENIED: "access denied", alerts.UNRECOGNIZED_NAME: "unrecognized name",
         alerts.CERTIFICATE_REQUIRED: "certificate required", alerts.NO_APPLICATION_PROTOCOL: "no application protocol"}


def test_every_alert_has_its_words_here() -> None:
    numbers = {value for name, value in vars(alerts).items() if name.isupper() and not name.startswith("_")}
    assert numbers == set(WORDS)


def test_bytes_are_one_record_of_level_fatal() -> None:
    assert fatal(alerts.UNKNOWN_CA) == bytes.fromhex("15 03 03 00 02 02 30")


@pytest.mark.parametrize(("description", "words"), WORDS.items())
def test_clients_of_both_libraries_are_told(description: int, words: str) -> None:
    library = LibraryClient(library_context(), "a.test")
    assert library.turn(b"")
    with pytest.raises(ssl.SSLError, match=words.replace(" ", "[ _]")):
        library.turn(fatal(description))
    client = connecting(SSL.Context(SSL.TLS_CLIENT_METHOD))
    assert client.turn(b"")
    with pytest.raises(SSL.Error, match=words):
        client.turn(fatal(description))
