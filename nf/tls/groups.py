"""Key exchange groups (RFC 8446 §4.2.7): which a context offers."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

X25519MLKEM768: Final = 0x11EC  # the code point, as a ClientHello lists it
CLASSICAL: Final = b"X25519:P-256:P-384:P-521"
TAKEN: Final = b"X25519MLKEM768:X25519:P-256:P-384"  # of clients: as Mozilla's intermediate guideline, and post-quantum
_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}  # words of `supported-ec-groups`


def offer_classical(context: SSL.Context) -> None:
    """Offer no post-quantum group, and so spare the making of its key share.

    pyOpenSSL has no call for a list of groups. Where its binding no longer has OpenSSL's either, the context keeps
    OpenSSL's own list: more work, never less security.
    """
    _set_list(context, CLASSICAL)


def take_usual(context: SSL.Context, finite: bool) -> None:
    """Take no group of clients that costs more than it gives (X448, P-521), nor ask for another key share than they sent.

    `finite` adds the one group that DHE suites come with. Where the binding lacks the call it is OpenSSL's own list.
    """
    _set_list(context, TAKEN + b":ffdhe2048" * finite)


def _set_list(context: SSL.Context, groups: bytes) -> None:
    set_list = getattr(getattr(SSL, "_lib", None), "SSL_CTX_set1_curves_list", None)
    handle = getattr(context, "_context", None)
    if set_list is not None and handle is not None:
        set_list(handle, groups)


def offer_only(context: SSL.Context, group: str) -> None:
    """Offer, and take, no group but this one, by its word in `supported-ec-groups`."""
    context.set_tmp_ecdh(_CURVES[group])
