"""The connection to the server: when it is dialled, and what comes of it."""

import errno
import os
import socket
from typing import Final

from nf.dataplane.leg import Leg
from nf.dataplane.loop import BROKEN, EDGE, READ
from nf.dataplane.mirroring import Mirroring
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.reasons import Reason

_LACKING: Final = {errno.EMFILE: Reason.NO_DESCRIPTORS, errno.ENFILE: Reason.NO_DESCRIPTORS, errno.ENOBUFS: Reason.EXHAUSTED,
                   errno.ENOMEM: Reason.EXHAUSTED, errno.EADDRNOTAVAIL: Reason.EXHAUSTED, errno.EAGAIN: Reason.EXHAUSTED}


class Dialing(Mirroring):
    """The part of a connection that reaches for the server."""

    _settling = False  # its way is being made
    _waits = False  # and the SYN to the server waits for that

    def _route(self, command: do.Route) -> None:
        """A way that the first packet is to take is waited for: a proxy on it must see the connection from its SYN on."""
        if self._account.server is None:
            self._settling = True
            return self._host.route(self._entry, command.instance, self._settled)
        return self._host.route(self._entry, command.instance)

    def _settled(self) -> None:
        self._settling = False
        if self._waits and not self._over:
            self._waits = False
            try:
                self._connect()
            except Exception:  # noqa: BLE001 - as in Leg.take_turn
                self._failed()

    def _connect(self, _: do.Connect | None = None) -> None:
        self._leave()
        if self._settling:
            self._waits = True
            return None
        try:
            server = Leg(self._host.wiring.dial(self._entry.five_tuple, self._entry.egress), self._failed)
        except OSError as error:
            return self._tell(on.ServerUnreachable(_words(error.errno), _LACKING.get(error.errno or 0)))
        self._server = self._account.server = server
        server.ready = self._connected
        return self._loop.watch(server, EDGE)

    def _connected(self, mask: int) -> None:
        code = self._server.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) if mask & BROKEN else 0
        if code:
            return self._tell(on.ServerUnreachable(_words(code)))
        return self._tell(on.ServerConnected())

    def _await_server(self, _: do.AwaitServer) -> None:
        self._expect(self._server, READ, lambda _: self._tell(on.ServerSpoke()))

    deeds = {**Mirroring.deeds,  # noqa: RUF012 - declared there
             do.Connect: _connect, do.Route: _route, do.AwaitServer: _await_server}


def _words(code: int | None) -> str:
    return os.strerror(code).lower() if code else "unknown error"
