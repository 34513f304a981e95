"""Versions, suites and options of both TLS ends, safe by default (RFC 9325 §3 and §4)."""

from OpenSSL import SSL

# TLS 1.3 suites are OpenSSL's own; below that only forward secrecy and authenticated encryption.
CIPHER_LIST = b"ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!eNULL"


def harden(context: SSL.Context, highest: int) -> None:
    """TLS 1.2 up to `highest`; no compression, no renegotiation; buffers given back while idle."""
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(highest)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
