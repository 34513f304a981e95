"""TLS ends on sockets, as sessions have them: made in fewer steps than pyOpenSSL's, and as good."""

import socket
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from nf.tls import steps
from nf.tls.binding import LIBRARY
from nf.tls.end import TlsEnd
from nf.tls.initiation import parameters
from nf.tls.parameters import TlsParameters
from nf.tls.steps import Pause
from nf.tls.termination import Bases
from tests.tls.ends import SETTINGS, site


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    both = socket.socketpair()
    for one in both:
        one.setblocking(False)
    yield both
    for one in both:
        one.close()


def shaken(*ends: TlsEnd) -> tuple[TlsEnd, ...]:
    waiting = list(ends)
    while waiting:
        waiting = [one for one in waiting if steps.handshake(one) is not None]
    return ends


def client(sock: socket.socket, alpn: tuple[bytes, ...] = ()) -> TlsEnd:
    end = TlsEnd(SSL.Context(SSL.TLS_CLIENT_METHOD), sock)
    if alpn:
        end.set_alpn_protos(list(alpn))
    return end


def test_a_read_comes_back_after_each_message(sockets: tuple[socket.socket, socket.socket]) -> None:
    """Two tickets before the data: three reads."""
    here, there = shaken(client(sockets[0]), Bases(SETTINGS).prepare(sockets[1], site()))
    steps.write(there, b"hello")
    assert [steps.read(here) for _ in range(3)] == [Pause.READ, Pause.READ, b"hello"]


@pytest.mark.parametrize(("chosen", "agreed"), [(b"h2", b"h2"), (b"http/1.1", b""), (b"", b"")])
def test_alpn_is_answered_with_the_choice(sockets: tuple[socket.socket, socket.socket], chosen: bytes, agreed: bytes) -> None:
    here, there = shaken(client(sockets[0], (b"h2", b"x")), Bases(SETTINGS).prepare(sockets[1], site(alpn=chosen)))
    assert parameters(here) == parameters(there) == TlsParameters("TLSv1.3", "TLS_AES_128_GCM_SHA256", agreed)


def test_the_end_reaches_the_peer(sockets: tuple[socket.socket, socket.socket]) -> None:
    here, there = shaken(client(sockets[0]), Bases(SETTINGS).prepare(sockets[1], site()))
    here.shutdown()
    assert steps.read(there) is Pause.ENDED


def test_an_end_whose_peer_is_gone_leaves_nothing_in_the_queue_of_errors(sockets: tuple[socket.socket, socket.socket]) -> None:
    here, _gone = shaken(client(sockets[0]), Bases(SETTINGS).prepare(sockets[1], site()))
    sockets[1].close()
    with pytest.raises(SSL.SysCallError):
        here.shutdown()
    assert LIBRARY.ERR_peek_error() == 0
