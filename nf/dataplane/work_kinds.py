"""What kinds of TLS work a session was, in the words of the hardware model."""

from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hwmodel.work import CIPHERS, HANDSHAKES
from nf.dataplane.messages import FULL, RESUMED
from nf.tls.parameters import TlsParameters

UNKNOWN: Final = 0  # in both lists of numbers
_VERSIONS: Final = {"TLSv1.2": "tls1.2", "TLSv1.3": "tls1.3"}
_CURVES: Final = {"secp256r1": "p-256", "secp384r1": "p-384"}


def key_kind(shown: x509.Certificate) -> str:
    """The key that SSL-T signs with, as the model names it; empty for one that it does not know."""
    key = shown.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"rsa-{key.key_size}"
    return _CURVES.get(key.curve.name, "") if isinstance(key, ec.EllipticCurvePublicKey) else ""


@lru_cache(256)
def handshake_kind(version: str, key: str, ssl_t: int, ssl_i: int) -> int:
    """The place of a session's handshakes in `HANDSHAKES`."""
    if ssl_t == RESUMED:
        name = f"{_VERSIONS.get(version)}-resumed" + "-server-full" * (ssl_i == FULL)
    elif ssl_t == FULL:
        name = f"{_VERSIONS.get(version)}-{key}" + "-server-resumed" * (ssl_i == RESUMED)
    else:
        return UNKNOWN
    return HANDSHAKES.index(name) if name in HANDSHAKES else UNKNOWN


@lru_cache(256)
def cipher_kind(agreed: str) -> int:
    """The place of a cipher suite's cipher in `CIPHERS`, counted from 1."""
    suite = agreed.replace("_", "").replace("-", "")
    if "CHACHA20" in suite:
        return 1 + CIPHERS.index("chacha20-poly1305")
    size = "128" if "AES128" in suite else "256" if "AES256" in suite else ""
    name = f"aes-{size}-{'gcm' if 'GCM' in suite else 'cbc'}"
    return 1 + CIPHERS.index(name) if size and "CCM" not in suite else UNKNOWN


@lru_cache(256)
def kinds(key: str, agreed: TlsParameters, ssl_t: int, ssl_i: int) -> tuple[int, int]:
    """The handshakes and the cipher of a decrypted session whose client was shown such a key."""
    return handshake_kind(agreed.version, key, ssl_t, ssl_i), cipher_kind(agreed.cipher)
