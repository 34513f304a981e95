"""What a reader has found, as buffers of contexts that attacks look at."""

from collections.abc import Iterator
from functools import singledispatch

from cryptography.x509 import Name, load_der_x509_certificate

from hwmodel.session import Direction
from nf.protocols.items import Anomaly, Command, Frame, Headers, Item, Mail, Part, Reply, Request, Response
from nf.services.idp.contexts import anomaly, protocol
from nf.services.idp.normal import uris
from nf.tls.secured import Secured

_COOKIES = frozenset({"cookie", "set-cookie"})
_NAMED = {
    "cookie": "http.cookie", "set-cookie": "http.cookie", "user-agent": "http.user_agent", "referer": "http.referer",
    "accept": "http.accept", "accept-encoding": "http.accept_enc", "accept-language": "http.accept_lang",
    "connection": "http.connection", "content-type": "http.content_type", "content-length": "http.content_len",
    "server": "http.server", "location": "http.location", "authorization": "http.authorization", "host": "http.host.raw"}

Buffer = tuple[str, bytes]


@singledispatch
def buffers(item: Item) -> Iterator[Buffer]:  # noqa: ARG001
    """The buffers that an item fills; bodies are not among them."""
    yield from ()


@buffers.register
def _(item: Request) -> Iterator[Buffer]:
    yield protocol("http"), b""
    target = as_bytes(item.target)
    yield "http.uri.raw", target
    for uri in uris(as_bytes(item.path)):
        yield "http.uri", uri
    yield "http.method", as_bytes(item.method)
    yield "http.protocol", as_bytes(f"HTTP/{item.version}")
    yield "http.request_line", as_bytes(f"{item.method} {item.target} HTTP/{item.version}")
    if item.host:
        yield "http.host", as_bytes(item.host)
    yield from _fields(item.headers)


@buffers.register
def _(item: Response) -> Iterator[Buffer]:
    yield "http.stat_code", as_bytes(f"{item.status}")
    yield "http.stat_msg", as_bytes(item.reason)
    yield "http.response_line", as_bytes(f"HTTP/{item.version} {item.status} {item.reason}")
    yield from _fields(item.headers)


@buffers.register
def _(item: Command) -> Iterator[Buffer]:
    yield protocol(item.protocol), b""
    yield "command", as_bytes(f"{item.verb} {item.argument}".rstrip())
    if item.argument:
        yield "command.argument", as_bytes(item.argument)


@buffers.register
def _(item: Reply) -> Iterator[Buffer]:
    yield protocol(item.protocol), b""
    yield "reply", as_bytes(f"{item.code} {item.text}" if item.code else item.text)


@buffers.register
def _(item: Mail) -> Iterator[Buffer]:
    yield "mail.from", as_bytes(item.sender)
    for recipient in item.recipients:
        yield "mail.to", as_bytes(recipient)
    yield "mail.header", _lines(item.headers)


@buffers.register
def _(item: Part) -> Iterator[Buffer]:
    if item.name:
        yield "file.name", as_bytes(item.name)


@buffers.register
def _(item: Frame) -> Iterator[Buffer]:
    yield "websocket.payload", item.data


@buffers.register
def _(item: Anomaly) -> Iterator[Buffer]:
    yield anomaly(item.kind), b""


def handshake_buffers(tls: Secured) -> Iterator[tuple[Direction, str, bytes]]:
    """The buffers that the handshakes of a decrypted session fill, with the direction of each."""
    yield Direction.C2S, protocol("tls"), b""
    if tls.server_name:
        yield Direction.C2S, "tls.sni", tls.server_name.encode()
    if tls.chain:
        try:
            leaf = load_der_x509_certificate(tls.chain[0])
            names = (("tls.cert_subject", leaf.subject), ("tls.cert_issuer", leaf.issuer))
            yield from [(Direction.S2C, context, _spelled(name)) for context, name in names]
        except ValueError:  # it was judged before, and let pass: by an operator who wants no authentication
            return


def _spelled(name: Name) -> bytes:
    """A distinguished name as rules expect it: `C=DE, O=Example, CN=www.example.test`."""
    return ", ".join(f"{part.rfc4514_attribute_name}={part.value!s}" for part in name).encode()


def as_bytes(text: str) -> bytes:
    """Text of a message as the bytes it came in."""
    return text.encode("latin-1", "replace")


def _fields(headers: Headers) -> Iterator[Buffer]:
    lines = _lines(tuple(field for field in headers if field[0] not in _COOKIES))
    yield "http.header", lines
    yield "http.header.raw", lines
    yield "http.header_names", as_bytes("\r\n" + "".join(f"{name.title()}\r\n" for name, _ in headers) + "\r\n")
    for name, value in headers:
        context = _NAMED.get(name)
        if context is not None:
            yield context, as_bytes(value)


def _lines(headers: Headers) -> bytes:
    """Header fields, their names written as most senders do: what rules expect, whatever the protocol's version has."""
    return as_bytes("".join(f"{name.title()}: {value}\r\n" for name, value in headers))
