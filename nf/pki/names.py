"""Whether a certificate is for the name asked for (RFC 9525): subjectAltName alone, never the common name."""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from cryptography import x509

from nf.pki.certificate import Certificate, read

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_MAX_LENGTH = 253


@dataclass(frozen=True, slots=True)
class ServerName:
    """A reference identity: an IP address, or a DNS name in lower case as A-labels without the root's dot."""

    value: IPv4Address | IPv6Address | str

    @property
    def general_name(self) -> x509.DNSName | x509.IPAddress:
        """The name as a certificate would hold it."""
        return x509.DNSName(self.value) if isinstance(self.value, str) else x509.IPAddress(self.value)

    def covered_by(self, certificate: Certificate) -> bool:
        """Whether a subjectAltName of the right type matches; a wildcard stands for one whole left-most label."""
        names = certificate.extension(x509.SubjectAlternativeName)
        if names is None:
            return False
        if not isinstance(self.value, str):
            return self.value in names.get_values_for_type(x509.IPAddress)
        return any(_covers(pattern, self.value) for pattern in names.get_values_for_type(x509.DNSName))


@lru_cache(maxsize=256)
def dns_names(der: bytes) -> tuple[str, ...]:
    """The DNS names in a certificate's subjectAltName, in lower case; none where it cannot be read."""
    certificate = read(der)
    names = certificate.extension(x509.SubjectAlternativeName) if certificate is not None else None
    return () if names is None else tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))


def reference_identity(text: str) -> ServerName | None:
    """Read a DNS name or an IP address; None for what no certificate can hold (U-labels, underscores, empty labels)."""
    try:
        return ServerName(ip_address(text))
    except ValueError:
        name = _dns_name(text)
        return None if name is None else ServerName(name)


def _dns_name(text: str) -> str | None:
    if not text.isascii():  # lower() would turn some letters beyond ASCII into ASCII ones
        return None
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _MAX_LENGTH or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return None
    return name


def _covers(pattern: str, name: str) -> bool:
    if not pattern.startswith("*."):
        return _dns_name(pattern) == name
    suffix = _dns_name(pattern[2:])
    _, _, rest = name.partition(".")
    return suffix is not None and "." in suffix and suffix == rest  # "*.com" would stand for a whole registry
