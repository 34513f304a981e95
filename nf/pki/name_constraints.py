"""Name constraints along a path (RFC 5280 §4.2.1.10, §6.1.4): which names the CAs above permit and exclude.

Where both other verifiers differ, this is the stricter: a wildcard counts as every name that it could stand for, and a
name of a form that is limited but not known here counts as outside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from nf.pki.certificate import Certificate
from nf.pki.path import Budget, Path
from nf.pki.verdict import AuthFailure, Fault

_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_KNOWN = (x509.DNSName, x509.IPAddress, x509.DirectoryName, x509.RFC822Name, x509.UniformResourceIdentifier)


@dataclass(frozen=True, slots=True)
class Limits:
    """The name constraints of one CA."""

    permitted: tuple[x509.GeneralName, ...]
    excluded: tuple[x509.GeneralName, ...]

    def fault(self, name: x509.GeneralName) -> str:
        """Why a name lies outside, or nothing."""
        form = type(name)
        permitted = [limit for limit in self.permitted if type(limit) is form]
        excluded = [limit for limit in self.excluded if type(limit) is form]
        if not permitted and not excluded:
            return ""
        if form not in _KNOWN or not _well_formed(name):
            return "a name of a limited form cannot be read"
        if any(_touches(name, limit) for limit in excluded):
            return "a name is excluded"
        return "" if not permitted or any(_within(name, limit) for limit in permitted) else "a name is not permitted"


def constraint_fault(path: Path, budget: Budget) -> Fault | None:
    """The first name on a path, leaf first, that lies outside what a CA above allows; self-issued CAs are passed by."""
    limits: list[Limits] = []
    for depth in range(len(path) - 1, -1, -1):
        certificate = path[depth]
        names = tuple(_names(certificate)) if depth == 0 or not certificate.self_issued else ()
        if not budget.compare(len(names) * sum(len(one.permitted) + len(one.excluded) for one in limits)):
            return Fault(AuthFailure.TOO_COMPLEX, depth, "name constraints ask for too many comparisons")
        words = next((words for one in limits for name in names if (words := one.fault(name))), "")
        if words and depth < len(path) - 1:
            return Fault(AuthFailure.NAME_CONSTRAINT, depth, words)
        own = certificate.extension(x509.NameConstraints)
        if own is None:
            continue
        limits.append(Limits(tuple(own.permitted_subtrees or ()), tuple(own.excluded_subtrees or ())))
        if not _limits_well_formed(limits[-1]):
            return Fault(AuthFailure.NAME_CONSTRAINT, depth, "a constraint cannot be read, or there is none")
    return None


def _names(certificate: Certificate) -> Iterator[x509.GeneralName]:
    subject = certificate.parsed.subject
    if subject.rdns:
        yield x509.DirectoryName(subject)
    alternatives = certificate.extension(x509.SubjectAlternativeName)
    if alternatives is not None:
        yield from alternatives
        return
    for attribute in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
        yield x509.RFC822Name._init_without_validation(str(attribute.value))  # noqa: SLF001 - the value may be no address


def _limits_well_formed(limits: Limits) -> bool:
    both = (*limits.permitted, *limits.excluded)
    return bool(both) and all(_constraint_well_formed(limit) for limit in both)


def _constraint_well_formed(limit: x509.GeneralName) -> bool:
    if isinstance(limit, x509.DNSName):
        return not limit.value or _HOST.fullmatch(limit.value.lower()) is not None
    if isinstance(limit, x509.RFC822Name):
        return limit.value.count("@") <= 1 and _HOST.fullmatch(_host_of(limit.value).removeprefix(".")) is not None
    if isinstance(limit, x509.UniformResourceIdentifier):
        return _HOST.fullmatch(limit.value.lower().removeprefix(".")) is not None
    return not isinstance(limit, x509.IPAddress) or hasattr(limit.value, "network_address")


def _well_formed(name: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName):
        return _HOST.fullmatch(name.value.lower().removeprefix("*.")) is not None
    if isinstance(name, x509.RFC822Name):
        return name.value.count("@") == 1 and _HOST.fullmatch(_host_of(name.value)) is not None
    if isinstance(name, x509.UniformResourceIdentifier):
        return bool(_uri_host(name.value))
    return not isinstance(name, x509.IPAddress) or not hasattr(name.value, "network_address")


def _within(name: Any, limit: Any) -> bool:
    """Whether all that the name may stand for lies within the limit."""
    if isinstance(name, x509.DNSName):
        return _below(name.value.lower().removeprefix("*."), limit.value.lower())
    if isinstance(name, x509.IPAddress):
        network = ip_network(limit.value)
        return bool(name.value.version == network.version and name.value in network)
    if isinstance(name, x509.DirectoryName):
        wanted = folded(limit.value)
        return folded(name.value)[:len(wanted)] == wanted
    if isinstance(name, x509.UniformResourceIdentifier):
        return _host_within(_uri_host(name.value), limit.value.lower())
    mailbox, at, _ = limit.value.rpartition("@")
    local = name.value.rpartition("@")[0]
    return (not at or mailbox == local) and _host_within(_host_of(name.value), _host_of(limit.value))


def _touches(name: Any, limit: Any) -> bool:
    """Whether something that the name may stand for lies within the limit."""
    if _within(name, limit):
        return True
    if not isinstance(name, x509.DNSName) or not name.value.startswith("*."):
        return False
    return bool(limit.value.lower().partition(".")[2] == name.value.lower()[2:])


def _below(host: str, tree: str) -> bool:
    return not tree or host == tree or host.endswith(f".{tree}")


def _host_within(host: str, limit: str) -> bool:
    return host.endswith(limit) if limit.startswith(".") else host == limit  # a host, or the hosts of a domain


def _host_of(mailbox: str) -> str:
    return mailbox.rpartition("@")[2].lower()


def _uri_host(text: str) -> str:
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) and not host.rpartition(".")[2].isdigit() else ""


def folded(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    """A directory name as one compares it: case and runs of blanks are nothing (RFC 5280 §7.1)."""
    return [frozenset((attribute.oid.dotted_string, " ".join(str(attribute.value).split()).casefold()) for attribute in rdn)
            for rdn in name.rdns]
