"""What an ICAP server says in RESPMOD: whatever it is, a message goes on once, whole, or not at all."""

from copy import deepcopy

from nf.services.icap.standing import Standing
from tests.helpers.icap_server import CONTINUE, UNCHANGED, Machine, adapted
from tests.services.icap.sessions import C2S, S2C, Session, fallback, profile

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"h" * 40
PIECES = 64  # of an answer, at most: each costs a turn of the whole inspection


def one_input(data: bytes) -> None:
    """The same whether it comes at once or in pieces, a short one byte by byte; a session ends in no other way than these."""
    ends = [answered(data, cut) for cut in (1 + len(data) // PIECES, 1 << 20)]
    assert ends[0] == ends[1]


def answered(data: bytes, cut: int) -> tuple[bytes, bytes, bool]:
    one = session(data, deepcopy(KNOWN), cut)
    one.client(GET).server(PAGE)
    if one.block is None and not one.passed[S2C]:
        one.fault("closed")  # it has not said all: the fallback decides
    assert not one.mishaps
    assert one.passed[C2S] == GET
    assert one.block is not None or one.passed[S2C].startswith(b"HTTP/1.1 ")
    return one.passed[C2S], one.passed[S2C], one.block is not None


def session(data: bytes, standing: Standing, cut: int) -> Session:
    return Session({"198.51.100.1": lambda: Machine(lambda _: data)},
                   profile(redirect_request=False, fallback=fallback("permit")), standing, cut)


def known() -> Standing:
    """What is known of a server once it has been asked for its options, which then come in no pieces."""
    standing = Standing()
    session(UNCHANGED, standing, 1 << 20).client(GET).server(PAGE)
    return standing


def seeds() -> list[bytes]:
    """Verdicts of each sort."""
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n"
    return [UNCHANGED, CONTINUE, adapted(head, b"no"), adapted(head, b"", status=b"206 Partial"), b"",
            adapted(head, b"x" * 3000), adapted(b"GET / HTTP/1.1\r\n\r\n", b"", "req")]


KNOWN = known()
