"""The OpenFlow 1.3 controller: turns policies and a topology into flow entries and keeps them on the switches.

In: a Configuration (the same one that the network function reads) and a Topology (who is plugged in where).
Out: flow entries, log records of what they deny, and a word to the operator when a switch carries its entries or the
network function's state changes. Must not know: TLS, certificates, sessions.

Deciding is pure: `topology` says who is where, `segment`, `neighbours`, `gateways` and `policing` (by the rows of
`verdicts`) say which entries follow from that and from the policies, `steering.decide` joins them, `pipeline` says
what a table may hold, `render` prints; `liveness` says whether the NF lives, `denials` and `packets` what a denied
packet leads to. `native_hub`, `intake`, `openflow`, `app`, `switches`, `operation` and `launch` touch os-ken and
the network. `learning` (pure) and `bridging` are for switches that only learn who is where; nothing below is about
them.

The tables, in the order of a packet's walk:

    classify     who sent it: an edge port and a source address that belongs there, the NF, or another switch; no VLAN tag.
                 Sessions that take another way leave here, wherever they come from
    destination  whose address it goes to; ARP and neighbour discovery go straight to the owner of the address asked for
    steer        the policies, first to last, with the packet as the initiator's: divert, permit or deny
    return       the same policies with source and destination exchanged, for packets that may be a reply
    divert       to the NF's leg of the interface that the packet came in by
    restore      from the NF: the source's own MAC address again
    forward      to the port, and the MAC address, of the owner of the destination
    transit      between switches, by MAC address

Zones have a table each (source in classify, destination in its own) so that entries grow with the number of hosts
and not with its square. The numbers of one logical system's zones share their upper bits, so that its policies,
also those for any zone, meet no packet of another's or on the way to it; ARP and neighbour discovery stay within a
system. Only three things are sent to the controller, each through a meter: the NF's heartbeats, what a policy
denies with a log or rejects, and who asks for an address of the SRX itself, or pings it, where hosts have it as
their router. A flood of new flows cannot reach it, and while it is away the switches go on as they were told. Who
is not in the topology, and what no policy permits, is dropped; bridges must be in fail mode secure.

The switch keeps no state. Only a TCP SYN without ACK is certainly an initiator's, and for it the answer of `steer` is
final. Any other packet may be an initiator's or a reply, so it passes when either view permits it, and it is diverted
when either view diverts it: where both views have a claim, the NF gets the packet. UDP and ICMP have no such mark and
pass in both directions once a policy permits one; one that `steer` denies and wants told is marked on its way through
`return`, and told where it would be dropped. TCP fragments carry no ports and are dropped; ICMP errors pass only
where a policy permits them.

Beside its heartbeats the NF says which sessions take another way because of their application: `detours` (pure) says
which entries that takes, `rerouting` (pure) which sessions have them, for as long as they live, `settling` (pure) which
first packets wait for that, `further` (pure) whether the functions are there that ways lead through.

The NF sends a heartbeat a second from each leg; three missed, a leg's port without link, or its good-bye, and it is
down. Then what it would get is dropped, or passes without services where the policy says `fail-mode open`; what is new
is added before what is over is removed, so no packet meets another policy on the way. Connections that were inspected
end with the NF. Those opened while it was down go on when it is back: what comes from the middle of a connection that
is not its own leaves by its other leg, where there are two. A controller that starts takes the NF for alive until it
has been silent for as long; of a switch that is away nothing is concluded.
"""
