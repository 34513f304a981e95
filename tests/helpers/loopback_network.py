"""Clients, `srxnf proxy` and an origin, all on the loopback."""

import socket
import ssl

from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import RunningProxy


class Network:
    """What most tests need; `proxy` stands between the clients and `origin`."""

    def __init__(self, pki: LoopbackPki, origin: Origin, proxy: RunningProxy) -> None:
        self.pki, self.origin, self.proxy = pki, origin, proxy

    def client(self, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A client's finished TLS handshake through the proxy."""
        return self.handshake(self.proxy.connect(), context)

    def handshake(self, connection: socket.socket, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """The same on a connection that is there."""
        context = context or self.pki.client_context()
        return context.wrap_socket(connection, server_hostname=NAME, suppress_ragged_eofs=False)
