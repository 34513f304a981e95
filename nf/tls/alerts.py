"""Fatal alerts as bytes (RFC 8446 §6, RFC 5246 §7.2), for a client that still waits for its ServerHello."""

UNEXPECTED_MESSAGE = 10
RECORD_OVERFLOW = 22
HANDSHAKE_FAILURE = 40
BAD_CERTIFICATE = 42
CERTIFICATE_REVOKED = 44
CERTIFICATE_EXPIRED = 45
CERTIFICATE_UNKNOWN = 46
ILLEGAL_PARAMETER = 47
UNKNOWN_CA = 48
ACCESS_DENIED = 49
DECODE_ERROR = 50
PROTOCOL_VERSION = 70
INTERNAL_ERROR = 80
UNRECOGNIZED_NAME = 112
CERTIFICATE_REQUIRED = 116
NO_APPLICATION_PROTOCOL = 120

# By the words that OpenSSL has for them: of each the end, behind "alert" and the version.
_BY_WORDS = {
    "close notify": 0, "unexpected message": UNEXPECTED_MESSAGE, "bad record mac": 20, "record overflow": RECORD_OVERFLOW,
    "decompression failure": 30, "handshake failure": HANDSHAKE_FAILURE, "no certificate": 41,
    "bad certificate": BAD_CERTIFICATE, "unsupported certificate": 43, "certificate revoked": CERTIFICATE_REVOKED,
    "certificate expired": CERTIFICATE_EXPIRED, "certificate unknown": CERTIFICATE_UNKNOWN,
    "illegal parameter": ILLEGAL_PARAMETER, "unknown ca": UNKNOWN_CA, "access denied": ACCESS_DENIED,
    "decode error": DECODE_ERROR, "decrypt error": 51, "export restriction": 60, "protocol version": PROTOCOL_VERSION,
    "insufficient security": 71, "internal error": INTERNAL_ERROR, "inappropriate fallback": 86, "user cancelled": 90,
    "no renegotiation": 100, "missing extension": 109, "unsupported extension": 110, "certificate unobtainable": 111,
    "unrecognized name": UNRECOGNIZED_NAME, "bad certificate status response": 113, "bad certificate hash value": 114,
    "unknown psk identity": 115, "certificate required": CERTIFICATE_REQUIRED,
    "no application protocol": NO_APPLICATION_PROTOCOL}

_FATAL = 2


def fatal(description: int) -> bytes:
    """The record of a fatal alert, in the clear as every alert before a ServerHello is."""
    return bytes((21, 3, 3, 0, 2, _FATAL, description))


def by_words(words: str) -> int | None:
    """The description of an alert that OpenSSL names so; None for words that are none of an alert's."""
    return _BY_WORDS.get(words)
