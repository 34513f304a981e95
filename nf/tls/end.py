"""A TLS end on a socket: pyOpenSSL's Connection, made in fewer steps."""
# ruff: noqa: SLF001 - OpenSSL's calls take what a Context and a Connection hold

from typing import Any, Final

from OpenSSL import SSL

from nf.tls.binding import DIRECT, FOREIGN, LIBRARY

_AUTO_RETRY: Final = 4  # SSL_MODE_AUTO_RETRY


class TlsEnd(SSL.Connection):
    """A connection that contexts' callbacks find only if it is `registered`: pyOpenSSL's register is dear.

    A server's end moves to the context that it `shows`, a client's has none. Reads come back after every message of TLS,
    data or none, so that a peer which sends no data holds nobody up; where the binding lacks OpenSSL's calls they end when
    the kernel has nothing more. Without a socket, over memory, it is a Connection like any other.
    """

    _app_data: Any = None
    _into_ssl: Any = None
    _from_ssl: Any = None

    def __init__(self, context: SSL.Context, sock: Any, shows: SSL.Context | None = None, *, registered: bool = False) -> None:
        if sock is None or not DIRECT:
            self._begin(context, sock, shows)
            return
        ssl = self._ssl = FOREIGN.gc(LIBRARY.SSL_new(context._context), LIBRARY.SSL_free)
        self._context, self._socket = shows or context, sock
        LIBRARY.SSL_clear_mode(ssl, _AUTO_RETRY)  # which OpenSSL sets on every context
        LIBRARY.SSL_set_fd(ssl, sock.fileno())
        if registered:
            register(self)
        if shows is None:
            LIBRARY.SSL_set_connect_state(ssl)
        else:
            if shows is not context:
                LIBRARY.SSL_set_SSL_CTX(ssl, shows._context)
            LIBRARY.SSL_set_accept_state(ssl)

    def _begin(self, context: SSL.Context, sock: Any, shows: SSL.Context | None) -> None:
        """In pyOpenSSL's own way."""
        super().__init__(context, sock)
        if shows is None:
            self.set_connect_state()
        else:
            self.set_context(shows)
            self.set_accept_state()

    def shutdown(self) -> bool:
        """Send close_notify, as pyOpenSSL does; what a peer that is gone makes of it is no later step's fault."""
        if not DIRECT:
            return super().shutdown()
        result: int = LIBRARY.SSL_shutdown(self._ssl)
        if result < 0:
            try:
                self._raise_ssl_error(self._ssl, result)
            finally:
                LIBRARY.ERR_clear_error()  # the queue is everybody's: it would be read as the next fault
        return result > 0


def register(connection: SSL.Connection) -> None:
    """Let pyOpenSSL's callbacks find a connection for as long as it lives."""
    if DIRECT:
        SSL.Connection._reverse_mapping[connection._ssl] = connection
