"""What a CA may sign: the name constraints of its certificate and of those above it (RFC 5280 §4.2.1.10).

Where a constraint's meaning is in doubt, the narrower one holds: nothing is signed outside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from cryptography import x509
from cryptography.x509.oid import NameOID

from nf.pki.certificate import extension
from nf.pki.name_constraints import folded


@dataclass(frozen=True, slots=True)
class Constraints:
    """The permitted and excluded subtrees of a CA's certificates, each of which must be met."""

    constraints: tuple[x509.NameConstraints, ...] = ()

    @classmethod
    def of(cls, certificates: Iterable[x509.Certificate]) -> "Constraints":
        """Those of a CA and the certificates above it."""
        found = (extension(certificate, x509.NameConstraints) for certificate in certificates)
        return cls(tuple(one for one in found if one is not None))

    def permits(self, name: x509.DNSName | x509.IPAddress) -> bool:
        """Whether a name lies in a permitted subtree of its type, where there is any, and in no excluded one."""
        return all(_permits(one, name) for one in self.constraints)

    def permits_subject(self, subject: x509.Name) -> bool:
        """The same for a subject, by directoryName subtrees, and by DNS ones where its common name is a host's."""
        common_names = [str(attribute.value) for attribute in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        hosts = [x509.DNSName(name) for name in common_names if "." in name and name.isascii() and " " not in name]
        return all(self.permits(host) for host in hosts) and all(
            _permits(one, x509.DirectoryName(subject)) for one in self.constraints)


Constrained = x509.DNSName | x509.IPAddress | x509.DirectoryName


def _permits(constraints: x509.NameConstraints, name: Constrained) -> bool:
    permitted = [subtree for subtree in constraints.permitted_subtrees or () if type(subtree) is type(name)]
    excluded = [subtree for subtree in constraints.excluded_subtrees or () if type(subtree) is type(name)]
    return (not permitted or any(_within(name, subtree) for subtree in permitted)) and not any(
        _touches(name, subtree) for subtree in excluded)


def _within(name: Constrained, subtree: x509.GeneralName) -> bool:
    """Whether all that the name stands for is in the subtree."""
    if isinstance(name, x509.DNSName):
        host, suffix = name.value.lower(), str(subtree.value).lower()
        if suffix.startswith("."):
            return host.endswith(suffix)
        return not suffix or host == suffix or host.endswith("." + suffix)
    if isinstance(name, x509.IPAddress):
        network = subtree.value
        return (isinstance(name.value, IPv4Address | IPv6Address) and not isinstance(network, IPv4Address | IPv6Address | str)
                and name.value in network)
    top = subtree.value.rdns if isinstance(subtree, x509.DirectoryName) else []
    return name.value.rdns[:len(top)] == top


def _touches(name: Constrained, subtree: x509.GeneralName) -> bool:
    """Whether anything that the name stands for is in the subtree."""
    if isinstance(name, x509.DNSName):
        suffix, host = str(subtree.value).lower().removeprefix("."), name.value.lower()
        parent = host.removeprefix("*.")  # a wildcard stands for names that a longer subtree may hold
        return _within(name, x509.DNSName(suffix)) or (host != parent and f".{suffix}".endswith(f".{parent}"))
    if isinstance(name, x509.DirectoryName) and isinstance(subtree, x509.DirectoryName):
        top = folded(subtree.value)
        return folded(name.value)[:len(top)] == top
    return _within(name, subtree)
