"""TLS peers made of tlslite-ng, which do what they are told to, also where that is wrong."""

import contextlib
import socket
from collections.abc import Callable

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.errors import TLSError

from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Script

Misdeed = Callable[[TLSConnection], None]
VERSIONS = {"ssl3": (3, 0), "1.0": (3, 1), "1.1": (3, 2), "1.2": (3, 3), "1.3": (3, 4)}


def settings(version: str, **more: object) -> HandshakeSettings:
    """Of this version alone."""
    made = HandshakeSettings()
    made.minVersion = made.maxVersion = VERSIONS[version]
    for name, value in more.items():
        setattr(made, name, value)
    return made


def server(pki: LoopbackPki, how: HandshakeSettings, before: Misdeed = lambda _: None,
           after: Misdeed = lambda tls: tls.sendall(tls.recv(99)), identity: str = "good") -> Script:
    """An origin that misbehaves before or after its handshake; without either it is an echo."""
    text = (pki.directory / f"{identity}.pem").read_text()
    chain = X509CertChain()
    chain.parsePemList(text)
    key = parsePEMKey(text, private=True, implementations=["python"])

    def run(at: socket.socket) -> None:
        with contextlib.suppress(TLSError):
            tls = TLSConnection(at)
            tls.closeSocket = False
            before(tls)
            tls.handshakeServer(certChain=chain, privateKey=key, settings=how)
            after(tls)
            tls.close()

    return run


def handshake(at: socket.socket, how: HandshakeSettings, before: Misdeed = lambda _: None) -> TLSConnection:
    """A client's finished handshake; it looks at no certificate."""
    tls = TLSConnection(at)
    tls.closeSocket = False
    tls.ignoreAbruptClose = True
    before(tls)
    tls.handshakeClientCert(serverName=NAME, settings=how)
    return tls
