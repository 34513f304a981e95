"""Policies by which QUIC, HTTP over UDP port 443, goes on unseen beside HTTPS that is decrypted."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nf.config.build_policies import Written
from nf.config.errors import Findings
from nf.config.shadows import Covering, joined, place
from nf.policy.match import AddressMatch, ApplicationTerm
from nf.policy.policies import Action, Policy
from nf.policy.zones import IpNetwork

_TCP, _UDP, _HTTPS = 6, 17, 443
_ADVICE = ("browsers go back to TLS where QUIC is refused: put before it a policy with an application of `protocol udp; "
           "destination-port 443` and `then reject`")


def note_quic(written: Sequence[Written], default: Action, findings: Findings) -> None:
    """Remark on each policy that permits UDP port 443 between the ends whose HTTPS another one, or itself, decrypts."""
    decrypting = [each for each in written if _decrypts(each.policy)]
    if not decrypting:
        return
    ends = _Ends(decrypting)
    refusing: list[Policy] = []
    covering = Covering()
    for each in written:
        policy = each.policy
        if not _carries(policy, _UDP):
            continue
        if policy.action is not Action.PERMIT:
            refusing.append(policy)
        elif (seen := ends.meeting(policy)) and not _refused(refusing, (policy, seen), covering):
            itself = "it decrypts" if seen is policy else f"policy {seen.name} decrypts"
            findings.remark(each.statement, place(policy), f"policy {policy.name} lets QUIC (UDP port 443) by unseen where "
                                                           f"{itself} HTTPS; {_ADVICE}")
    if default is Action.PERMIT:
        _note_default(decrypting, [each.policy for each in written if _carries(each.policy, _UDP)], covering, findings)


def _note_default(decrypting: Iterable[Written], others: Sequence[Policy], covering: Covering, findings: Findings) -> None:
    for each in decrypting:
        if not _refused(others, (each.policy,), covering):
            findings.remark(each.statement, place(each.policy), "the default policy, permit-all, lets QUIC (UDP port 443) by "
                            f"unseen where policy {each.policy.name} decrypts HTTPS; {_ADVICE.replace(' before it', '')}")


def _decrypts(policy: Policy) -> bool:
    return policy.action is Action.PERMIT and policy.services.ssl_proxy and _carries(policy, _TCP)


def _carries(policy: Policy, protocol: int) -> bool:
    """Whether it speaks of the protocol's port 443; a policy that waits for the application speaks of TCP alone."""
    return (protocol == _TCP or not policy.is_open) and any(_https(term, protocol) for term in policy.application.terms())


def _https(term: ApplicationTerm, protocol: int) -> bool:
    return term.protocol in {None, protocol} and _HTTPS in term.destination_ports


def _refused(earlier: Iterable[Policy], either: tuple[Policy, ...], covering: Covering) -> bool:
    """Whether an earlier policy has taken the traffic of one of these before."""
    return any(covering.addresses.holds(one.source, other.source) and joined(one, other)
               and covering.addresses.holds(one.destination, other.destination)
               for one in earlier if _whole(one) for other in either)


def _whole(policy: Policy) -> bool:
    """Whether the policy has all of UDP port 443, whatever the source port and whoever is behind the address."""
    return not policy.conditions and any(_https(term, _UDP) and (term.source_ports.low, term.source_ports.high) == (0, 65535)
                                         for term in policy.application.terms())


@dataclass(slots=True)
class _Ends:
    """The policies that decrypt, and the addresses of all of them together, so that few need a closer look."""

    written: Sequence[Written]
    _sources: "_Intervals" = field(init=False)
    _destinations: "_Intervals" = field(init=False)

    def __post_init__(self) -> None:
        self._sources = _Intervals(each.policy.source for each in self.written)
        self._destinations = _Intervals(each.policy.destination for each in self.written)

    def meeting(self, policy: Policy) -> Policy | None:
        """A policy that decrypts and speaks of some of the same zones and addresses; the policy itself goes first."""
        if _decrypts(policy):
            return policy
        if not (self._sources.meet(policy.source) and self._destinations.meet(policy.destination)):
            return None
        return next((it.policy for it in self.written if _same_zones(it.policy, policy)
                     and _meet(it.policy.source, policy.source) and _meet(it.policy.destination, policy.destination)), None)


class _Intervals:
    """The addresses of many matches; one that is negated may be anything."""

    def __init__(self, matches: Iterable[AddressMatch]) -> None:
        distinct = set(matches)
        self._anything = any(match.negated for match in distinct)
        self._ends: dict[int, tuple[list[int], list[int]]] = {}
        prefixes = sorted({(prefix.version, int(prefix.network_address), int(prefix.broadcast_address))
                           for match in distinct for prefix in match.prefixes})
        for version, first, last in prefixes:
            lows, highs = self._ends.setdefault(version, ([], []))
            lows.append(first)
            highs.append(max(last, highs[-1]) if highs else last)

    def meet(self, match: AddressMatch) -> bool:
        """Whether a match may have an address in common with them."""
        return self._anything or match.negated or any(map(self._holds_some_of, match.prefixes))

    def _holds_some_of(self, prefix: IpNetwork) -> bool:
        lows, highs = self._ends.get(prefix.version, ([], []))
        below = bisect_right(lows, int(prefix.broadcast_address))
        return below > 0 and highs[below - 1] >= int(prefix.network_address)


def _meet(one: AddressMatch, other: AddressMatch) -> bool:
    if one.negated and other.negated:
        return True
    if one.negated or other.negated:
        plain, negated = (other, one) if one.negated else (one, other)
        return any(not any(prefix.version == out.version and prefix.prefixlen >= out.prefixlen and prefix.overlaps(out)
                           for out in negated.prefixes) for prefix in plain.prefixes)
    return any(a.version == b.version and a.overlaps(b) for a in one.prefixes for b in other.prefixes)


def _same_zones(one: Policy, other: Policy) -> bool:
    pairs = ((one.from_zones, other.from_zones), (one.to_zones, other.to_zones))
    return all(not mine or not theirs or bool(set(mine) & set(theirs)) for mine, theirs in pairs)
