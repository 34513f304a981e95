"""OpenSSL's calls as pyOpenSSL's binding has them, for what its own classes have no call for or make dear.

They are used all together or not at all: where a later binding lacks one, pyOpenSSL's own methods serve, for more CPU time.
"""

from typing import Any, Final

from OpenSSL import SSL

LIBRARY: Final[Any] = getattr(SSL, "_lib", None)
FOREIGN: Final[Any] = getattr(SSL, "_ffi", None)

_CALLS: Final = (
    "ERR_clear_error", "SSL_new", "SSL_free", "SSL_clear_mode", "SSL_set_fd", "SSL_set_SSL_CTX", "SSL_set_accept_state",
    "SSL_set_connect_state", "SSL_set_tlsext_status_type", "TLSEXT_STATUSTYPE_ocsp",
    "SSL_do_handshake", "SSL_read", "SSL_write", "SSL_get_error", "SSL_ERROR_WANT_READ", "SSL_ERROR_WANT_WRITE",
    "SSL_ERROR_ZERO_RETURN", "SSL_version", "SSL_get_current_cipher", "SSL_CIPHER_get_name", "SSL_get0_alpn_selected",
    "SSL_get_peer_cert_chain", "sk_X509_num", "sk_X509_value", "i2d_X509_bio", "BIO_new", "BIO_s_mem", "BIO_read", "BIO_free",
    "SSL_get1_session", "SSL_get_session", "SSL_set_session", "SSL_session_reused", "SSL_set_shutdown", "SSL_shutdown",
    "SSL_SESSION_free")
_INNARDS: Final = ("_reverse_mapping", "_raise_ssl_error")

DIRECT: Final[bool] = (FOREIGN is not None and all(hasattr(LIBRARY, call) for call in _CALLS)
                       and all(hasattr(SSL.Connection, name) for name in _INNARDS))
