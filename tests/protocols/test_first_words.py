"""Which end's first words count."""

import pytest

from nf.protocols.first_words import HTTP2, UNKNOWN, protocol_of

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x80"


@pytest.mark.parametrize(("client", "server", "found"), [
    (b"", SETTINGS, None), (b"", SETTINGS[:4], None), (b"", SETTINGS.replace(b"\x80", b"\n"), None),
    (PREFACE[:9], SETTINGS, None), (PREFACE, SETTINGS, HTTP2), (PREFACE, b"", HTTP2),
    (b"GET", SETTINGS, None), (b"", b"\0" * 12, None), (b"\x16", SETTINGS, UNKNOWN), (b"", b"SSH-2.0-x", UNKNOWN)])
def test_a_server_of_http2_may_speak_first(client: bytes, server: bytes, found: str | None) -> None:
    assert protocol_of(client, server) == found
