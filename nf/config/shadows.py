"""Policies that are never reached, because an earlier one covers every flow that they do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from nf.config.build_policies import Written
from nf.config.errors import Findings
from nf.policy.match import AddressMatch, ApplicationMatch, ApplicationTerm, PortRange
from nf.policy.policies import Policy
from nf.policy.zones import IpNetwork

_BITS = {4: 32, 6: 128}
_Pair = tuple[tuple[str, ...], tuple[str, ...]]  # from-zones, to-zones; empty is every one
_Prefix = tuple[int, int, int]  # version, network address, length
_Fact = TypeVar("_Fact", AddressMatch, ApplicationMatch)


def note_shadows(policies: Iterable[Written], findings: Findings) -> None:
    """Remark on each policy that one earlier policy covers; what several cover together is not looked for."""
    covering = Covering()
    earlier: dict[_Pair, _Earlier] = {}
    for written in policies:
        policy = written.policy
        pair = (policy.from_zones, policy.to_zones)
        cover = next((each for zones, known in earlier.items() if _zones(zones, pair)
                      for each in known.candidates(policy) if covering.holds(each, policy)), None)
        if cover is not None:
            findings.remark(written.statement, place(policy),
                            f"policy {policy.name} is never reached: {cover.name} covers it")
        elif not policy.conditions:
            earlier.setdefault(pair, _Earlier()).add(policy)


@dataclass(slots=True)
class _Side:
    """The policies by the prefixes of one side."""

    negated: list[Policy] = field(default_factory=list)
    by_prefix: dict[_Prefix, list[Policy]] = field(default_factory=dict)
    lengths: set[tuple[int, int]] = field(default_factory=set)

    def add(self, policy: Policy, match: AddressMatch) -> None:
        if match.negated:
            self.negated.append(policy)
            return
        for prefix in match.prefixes:
            place = (prefix.version, int(prefix.network_address), prefix.prefixlen)
            self.by_prefix.setdefault(place, []).append(policy)
            self.lengths.add((prefix.version, prefix.prefixlen))

    def over(self, prefix: IpNetwork) -> list[Policy]:
        """The policies that hold a prefix, in the order in which they came as far as one length goes."""
        return self.negated + [policy for version, length in sorted(self.lengths)
                               if version == prefix.version and length <= prefix.prefixlen
                               for policy in self.by_prefix.get((version, _head(prefix, length), length), ())]


@dataclass(slots=True)
class _Earlier:
    """The policies of one pair of zones by the prefixes of each side, so that few of them need a closer look."""

    policies: list[Policy] = field(default_factory=list)
    sources: _Side = field(default_factory=_Side)
    destinations: _Side = field(default_factory=_Side)

    def add(self, policy: Policy) -> None:
        self.policies.append(policy)
        self.sources.add(policy, policy.source)
        self.destinations.add(policy, policy.destination)

    def candidates(self, policy: Policy) -> list[Policy]:
        """The policies that may cover this one, among them every one that does."""
        narrowed = [side.over(match.prefixes[0])
                    for side, match in ((self.sources, policy.source), (self.destinations, policy.destination))
                    if match.prefixes and not match.negated]
        return min(narrowed, key=len, default=self.policies)


def place(policy: Policy) -> str:
    """Where a policy stands, in the operator's words."""
    if policy.is_global:
        return "global policies"
    return f"from-zone {policy.from_zones[0]} to-zone {policy.to_zones[0]}"


@dataclass(slots=True)
class _Order(Generic[_Fact]):
    """Which facts cover which, each pair looked at once: policies of one box name the same few again and again."""

    covers: Callable[[_Fact, _Fact], bool]
    numbers: dict[_Fact, int] = field(default_factory=dict)
    by_object: dict[int, int] = field(default_factory=dict)
    known: dict[tuple[int, int], bool] = field(default_factory=dict)

    def holds(self, one: _Fact, other: _Fact) -> bool:
        pair = (self._number(one), self._number(other))
        found = self.known.get(pair)
        if found is None:
            found = self.known[pair] = self.covers(one, other)
        return found

    def _number(self, fact: _Fact) -> int:
        number = self.by_object.get(id(fact))
        if number is None:
            number = self.by_object[id(fact)] = self.numbers.setdefault(fact, len(self.numbers))
        return number


@dataclass(slots=True)
class Covering:
    """Answers whether one policy's match covers another's; the policies must live as long as it does."""

    addresses: _Order[AddressMatch] = field(default_factory=lambda: _Order(_addresses))
    applications: _Order[ApplicationMatch] = field(default_factory=lambda: _Order(_applications))

    def holds(self, one: Policy, other: Policy) -> bool:
        """Whether the first covers each address pair and application that the second does; zones are not looked at."""
        return (self.applications.holds(one.application, other.application)
                and self.addresses.holds(one.source, other.source)
                and self.addresses.holds(one.destination, other.destination))


def joined(one: Policy, other: Policy) -> bool:
    """Whether the first speaks of every pair of zones that the second does."""
    return _zones((one.from_zones, one.to_zones), (other.from_zones, other.to_zones))


def _zones(one: _Pair, other: _Pair) -> bool:
    return all(not mine or (bool(theirs) and set(theirs) <= set(mine)) for mine, theirs in zip(one, other, strict=True))


def _addresses(one: AddressMatch, other: AddressMatch) -> bool:
    if not one.negated and not other.negated:
        return _within(other.prefixes, one.prefixes)
    if one.negated and other.negated:
        return _within(one.prefixes, other.prefixes)
    if one.negated:
        return not any(a.version == b.version and a.overlaps(b) for a in one.prefixes for b in other.prefixes)
    return sum(prefix.prefixlen == 0 for prefix in one.prefixes) == len(_BITS)


def _within(inner: tuple[IpNetwork, ...], outer: tuple[IpNetwork, ...]) -> bool:
    """Whether each of the inner prefixes lies in one of the outer, which are as few as can be."""
    held = {(prefix.version, int(prefix.network_address), prefix.prefixlen) for prefix in outer}
    lengths = {(prefix.version, prefix.prefixlen) for prefix in outer}
    return all(any((version, _head(prefix, length), length) in held
                   for version, length in lengths if version == prefix.version and length <= prefix.prefixlen)
               for prefix in inner)


def _head(prefix: IpNetwork, length: int) -> int:
    shift = _BITS[prefix.version] - length
    return int(prefix.network_address) >> shift << shift


def _applications(one: ApplicationMatch, other: ApplicationMatch) -> bool:
    terms = tuple(one.terms())
    return all(any(_term(mine, theirs) for mine in terms) for theirs in other.terms())


def _term(one: ApplicationTerm, other: ApplicationTerm) -> bool:
    return (one.protocol in {None, other.protocol} and _ports(one.source_ports, other.source_ports)
            and _ports(one.destination_ports, other.destination_ports)
            and one.icmp_type in {None, other.icmp_type} and one.icmp_code in {None, other.icmp_code})


def _ports(one: PortRange, other: PortRange) -> bool:
    return one.low <= other.low and other.high <= one.high
