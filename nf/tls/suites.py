"""Versions, suites and options of both TLS ends, as a profile's settings say; safe where they say nothing (RFC 9325)."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from OpenSSL import SSL

from nf.policy.versions import SSL30, TLS10, TLS11, TLS12, TLS13
from nf.tls.ciphers import Suite, suites
from nf.tls.settings import Library, TlsSettings

# What a lowered security level would take besides: MD5 and SHA-1.
SIGNATURES: Final = (b"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"
                     b"RSA+SHA256:RSA+SHA384:RSA+SHA512")
_FFDHE2048: Final = str(Path(__file__).with_name("ffdhe2048.pem"))  # RFC 7919 §A.1, as OpenSSL writes its parameters
_CHECKED, _LOWERED = b":@SECLEVEL=2", b":@SECLEVEL=0"


@cache
def library() -> Library:
    """The OpenSSL that this process runs with."""
    words = SSL.OpenSSL_version(SSL.OPENSSL_VERSION).decode().split()
    return Library(" ".join(words[:2]), frozenset(suite.openssl for suite in suites() if _has(suite)),
                   frozenset(version for version in (SSL30, TLS10, TLS11, TLS12, TLS13) if _speaks(version)))


def furnish(context: SSL.Context, settings: TlsSettings, admitted: Sequence[Suite], highest: int) -> None:
    """Limit a context to what the settings admit, up to the version `highest`; no compression; idle buffers are given back.

    Of the suites the first that both ends have counts. Whatever the security level, signatures with MD5 and SHA-1 are
    refused where the version has a choice; what certificates are made of is the pki room's to judge.
    """
    context.set_min_proto_version(settings.versions.lowest)
    context.set_max_proto_version(min(highest, settings.versions.highest))
    older = [suite.openssl for suite in admitted if suite.exchange != "tls13"]
    if older:
        context.set_cipher_list(":".join(older).encode() + (_LOWERED if settings.lowered else _CHECKED))
    context.set_tls13_ciphersuites(":".join(suite.openssl for suite in admitted if suite.exchange == "tls13").encode())
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    if settings.lowered:
        _refuse_weak_hashes(context)


def furnish_server(context: SSL.Context, settings: TlsSettings, highest: int) -> None:
    """The same for SSL-T, with a group for DHE where there is one of its suites."""
    furnish(context, settings, settings.suites, highest)
    if any(suite.exchange == "dhe" for suite in settings.suites):
        context.load_tmp_dh(_FFDHE2048)


def _refuse_weak_hashes(context: SSL.Context) -> None:
    set_list = getattr(getattr(SSL, "_lib", None), "SSL_CTX_set1_sigalgs_list", None)
    handle = getattr(context, "_context", None)
    if set_list is None or handle is None or set_list(handle, SIGNATURES) != 1:
        raise ValueError("this pyOpenSSL cannot limit signature hashes, so the security level is not lowered")


def _has(suite: Suite) -> bool:
    context = SSL.Context(SSL.TLS_METHOD)
    try:
        if suite.exchange == "tls13":
            context.set_tls13_ciphersuites(suite.openssl.encode())
        else:
            context.set_cipher_list(suite.openssl.encode() + _LOWERED)
    except SSL.Error:
        return False
    return suite.openssl in SSL.Connection(context).get_cipher_list()


def _speaks(version: int) -> bool:
    context = SSL.Context(SSL.TLS_METHOD)
    try:
        context.set_min_proto_version(version)
        context.set_max_proto_version(version)
    except SSL.Error:
        return False
    return True
