"""Certificate policies along a path (RFC 5280 §6.1): whether one is left where a CA above asks for one.

Any policy will do for us, so of the standard's tree only the lowest level is kept, as a table: what is valid there and what
the next certificate may say for it. That takes linear work where the tree can grow without bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509

from nf.pki import tlv
from nf.pki.certificate import UNREADABLE, Certificate
from nf.pki.path import Budget, Path
from nf.pki.verdict import AuthFailure, Fault

ANY = "2.5.29.32.0"
MAPPINGS = x509.ObjectIdentifier("2.5.29.33")
_MARK = bytes.fromhex("0603551d21")  # their OID as a certificate has it
_NEVER = 1 << 30  # certificates from here


@dataclass(slots=True)
class _Level:
    """The lowest level: each valid policy with those expected below for it, and what may still be asked or inhibited."""

    expected: dict[str, frozenset[str]] = field(default_factory=lambda: {ANY: frozenset({ANY})})
    explicit: int = _NEVER
    mapping: int = _NEVER
    any_policy: int = _NEVER

    def descend(self, held: frozenset[str], *, any_counts: bool) -> None:
        """§6.1.3 (d): keep what a certificate says and the level above expects."""
        wanted = frozenset().union(*self.expected.values()) if self.expected else frozenset[str]()
        kept = held - {ANY} if ANY in self.expected else held & wanted - {ANY}
        if ANY in held and any_counts:
            kept |= wanted
        self.expected = {policy: frozenset({policy}) for policy in kept}

    def translate(self, mappings: Mapping[str, set[str]]) -> None:
        """§6.1.4 (b): expect the subject's names for a policy, or none of it where mapping is inhibited."""
        for policy, others in mappings.items():
            if self.mapping == 0:
                self.expected.pop(policy, None)
            elif policy in self.expected or ANY in self.expected:
                self.expected[policy] = frozenset(others)

    def tighten(self, certificate: Certificate) -> None:
        """§6.1.4 (h) to (j): count down, and take over what this CA asks for."""
        if not certificate.self_issued:
            self.explicit, self.mapping, self.any_policy = (max(0, left - 1) for left in (
                self.explicit, self.mapping, self.any_policy))
        limits = certificate.extension(x509.PolicyConstraints)
        if limits is not None:
            self.explicit = min(self.explicit, _or_never(limits.require_explicit_policy))
            self.mapping = min(self.mapping, _or_never(limits.inhibit_policy_mapping))
        inhibit = certificate.extension(x509.InhibitAnyPolicy)
        self.any_policy = min(self.any_policy, _NEVER if inhibit is None else inhibit.skip_certs)


def policy_fault(path: Path, budget: Budget) -> Fault | None:
    """The first certificate of a path, from below its anchor, at which a policy is asked for and none is left."""
    if not any(_MARK in one.der or x509.PolicyConstraints in one.extensions for one in path[:-1]):
        return None
    level = _Level()
    for depth in range(len(path) - 2, -1, -1):
        certificate = path[depth]
        if not budget.compare(_work(certificate)):
            return Fault(AuthFailure.TOO_COMPLEX, depth, "policies ask for too many comparisons")
        mappings = _mappings(certificate) if depth else {}
        if mappings is None:
            return Fault(AuthFailure.BAD_EXTENSION, depth, "policyMappings makes no sense")
        any_counts = level.any_policy > 0 or (depth > 0 and certificate.self_issued)
        level.descend(_held(certificate), any_counts=any_counts)
        explicit = level.explicit if depth else min(level.explicit, _left(level, certificate))
        if explicit == 0 and not level.expected:
            return Fault(AuthFailure.BAD_EXTENSION, depth, "a policy is required and none is left")
        if depth:
            level.translate(mappings)
            level.tighten(certificate)
    return None


def _work(certificate: Certificate) -> int:
    """About how many policies a certificate names, in both extensions."""
    value = _mapping_value(certificate)
    return len(certificate.extension(x509.CertificatePolicies) or ()) + len(value) // 4


def _left(level: _Level, leaf: Certificate) -> int:
    """§6.1.5 (a), (b): how far off the demand for a policy still is after the leaf."""
    limits = leaf.extension(x509.PolicyConstraints)
    return 0 if limits is not None and limits.require_explicit_policy == 0 else max(0, level.explicit - 1)


def _held(certificate: Certificate) -> frozenset[str]:
    policies = certificate.extension(x509.CertificatePolicies) or ()
    return frozenset(policy.policy_identifier.dotted_string for policy in policies)


def _or_never(count: int | None) -> int:
    return _NEVER if count is None else count


def _mappings(certificate: Certificate) -> dict[str, set[str]] | None:
    """The issuer's policies, each with the subject's that stand for it; None where they make no sense, §6.1.4 (a)."""
    found: dict[str, set[str]] = {}
    value = _mapping_value(certificate)
    try:
        for _, pair in tlv.elements(tlv.inner(value)) if value else ():
            (_, own), (_, other) = tlv.elements(pair)
            found.setdefault(tlv.dotted(own), set()).add(tlv.dotted(other))
    except ValueError:
        return None
    return None if ANY in found or any(ANY in others for others in found.values()) else found


def _mapping_value(certificate: Certificate) -> bytes:
    if _MARK not in certificate.der:
        return b""
    try:
        value = certificate.parsed.extensions.get_extension_for_oid(MAPPINGS).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return b""
    return value.value if isinstance(value, x509.UnrecognizedExtension) else b""
