"""What a denied packet leads to: the log line that its policy wants, and the answer that `reject` gives."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hwmodel.session import IpAddress
from nf.config.configuration import Configuration
from nf.controller import packets
from nf.controller.packets import Seen
from nf.controller.topology import Topology
from nf.flow.entry import Refusal
from nf.flow.first_path import FirstPath
from nf.log.records import LogRecord, session_deny
from nf.policy.match import ApplicationTerm
from nf.policy.policies import Action, Policy, PolicyTable
from nf.policy.systems import Systems
from nf.policy.zones import Interface


@dataclass(frozen=True, slots=True)
class Denial:
    """A packet that a policy has denied: what is to be logged, and the frame to send back to where it came from."""

    records: tuple[LogRecord, ...]
    answer: bytes | None


class Denials:
    """Looks policies up as the network function does, with the packet's port and its destination's for the zones."""

    def __init__(self, configuration: Configuration, topology: Topology) -> None:
        self._topology = topology
        self._ports = {switch.name: switch.ports for switch in topology.switches}
        self._first_path = FirstPath(configuration.systems, services=())

    def judge(self, switch: str, port: int, frame: bytes) -> Denial | None:
        """What the packet leads to; None where no policy denies it, since the default action says nothing."""
        seen = packets.read(frame)
        ingress = self._ports[switch].get(port)
        egress = self._towards(seen.flow.dst) if seen else None
        if seen is None or ingress is None or egress is None:
            return None
        entry = self._path(seen, ingress).admit(0, seen.flow, Interface(ingress), Interface(egress))
        if not isinstance(entry, Refusal) or entry.policy is None:
            return None
        logged = entry.policy.log_init or entry.policy.log_close
        icmp_type = seen.icmp[0] if seen.icmp else 0
        return Denial((session_deny(entry.facts, icmp_type=icmp_type),) if logged else (),
                      packets.answer(seen) if entry.action is Action.REJECT else None)

    def _towards(self, address: IpAddress) -> str | None:
        """The interface of the address's owner, by the longest prefix."""
        owners = ((network.prefixlen, host.place) for host in self._topology.hosts for network in host.addresses
                  if address in network)
        _, place = max(owners, default=(0, None), key=lambda owner: owner[0])
        return self._ports[place.switch].get(place.port) if place else None

    def _path(self, seen: Seen, ingress: str) -> FirstPath:
        """The first path; for ICMP without the policies that are about other types, which no five-tuple tells."""
        if seen.icmp is None:
            return self._first_path
        system = self._first_path.systems.of(ingress)
        table = system.policies
        fitting = tuple(policy for policy in table.policies if any(_speaks_of(seen.icmp, seen.flow.proto, policy)))
        return replace(self._first_path, systems=Systems((replace(system, policies=PolicyTable(fitting, table.default)),)))


def _speaks_of(icmp: tuple[int, int], protocol: int, policy: Policy) -> Iterator[bool]:
    for term in policy.application.terms():
        yield term.protocol is None or (term.protocol == protocol and _fits(term, icmp))


def _fits(term: ApplicationTerm, icmp: tuple[int, int]) -> bool:
    return term.icmp_type in {None, icmp[0]} and term.icmp_code in {None, icmp[1]}
