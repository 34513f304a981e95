"""The first bytes of a connection: whatever they are, the parser answers, and asks for more only where more may help."""

from nf.tls.client_hello import ClientHello, NeedMore, NotTls, parse
from tests.tls.hello_bytes import hello, openssl_hello, record, standard_library_hello


def one_input(data: bytes) -> None:
    answer = parse(data)
    if isinstance(answer, NotTls):
        assert answer.reason
        assert answer.reason.isprintable()
    elif isinstance(answer, NeedMore):
        assert answer.at_least > len(data)
    else:
        _check_hello(data, answer)


def _check_hello(data: bytes, found: ClientHello) -> None:
    """The same hello whatever follows it, and none before its last byte."""
    assert found.consumed <= len(data)
    assert parse(data[:found.consumed]) == found
    cut = sum(data) % found.consumed
    earlier = parse(data[:cut])
    assert isinstance(earlier, NeedMore)
    assert cut < earlier.at_least <= found.consumed


def seeds() -> list[bytes]:
    """Hellos of two libraries, whole and in records of their own, an SSLv2 one, and none."""
    whole = openssl_hello()
    message = whole[5:]
    return [whole, standard_library_hello(), record(message[:7], message[7:100], message[100:]), record(hello()),
            b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(40), b"GET / HTTP/1.1\r\n\r\n", record(b"\x28", kind=21)]
