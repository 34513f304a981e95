"""Sessions that were lost with the other node of a chassis cluster: whoever still sends in one is told so by a TCP reset.

The kernel answers by itself, from a set of five-tuples of either direction. What belongs to a socket is let alone, since a
client may use its port again; so is a reset, which goes on to the other end. Needs Linux 5.9, which rejects before routing.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from hwmodel.session import FiveTuple
from nf.dataplane.plumbing import MARK, PlumbingError, run, run_quietly
from nf.dataplane.roster import tell

TABLE: Final = "srxnf-cluster"
REMEMBERED: Final = 600  # seconds; who is silent for longer runs into its own timeout
_PORTION: Final = 1000  # five-tuples for one call of nft
_FAMILIES: Final = {4: "ip", 6: "ip6"}


@contextlib.contextmanager
def resetting() -> Iterator[None]:
    """Have the table, empty, and take it away again; raises PlumbingError."""
    run_quietly("nft", "delete", "table", "inet", TABLE)
    run("nft", "-f", "-", text=ruleset())
    try:
        yield
    finally:
        run_quietly("nft", "delete", "table", "inet", TABLE)


def reset(flows: Sequence[FiveTuple]) -> None:
    """Reset these sessions, as soon as a packet of theirs comes; where that fails, they run into their own timeouts."""
    try:
        for start in range(0, len(flows), _PORTION):
            run("nft", "-f", "-", text="\n".join(_elements(flows[start:start + _PORTION])))
    except PlumbingError as error:
        tell(f"srxnf: lost sessions are not reset: {error}")


def ruleset() -> str:
    """The nftables table, with no session in it."""
    sets = "\n".join(f"  set lost{version} {{ type ipv{version}_addr . inet_service . ipv{version}_addr . inet_service; "
                     f"timeout {REMEMBERED}s; }}" for version in _FAMILIES)
    opened = f"meta mark != {MARK} tcp flags & (syn | rst) == 0"
    rules = "\n".join(f"    {opened} {name} saddr . tcp sport . {name} daddr . tcp dport @lost{version} reject with tcp reset"
                      for version, name in _FAMILIES.items())
    return (f"table inet {TABLE} {{\n{sets}\n  chain lost {{\n    type filter hook prerouting priority mangle + 1; "
            f"policy accept;\n{rules}\n  }}\n}}\n")


def _elements(flows: Sequence[FiveTuple]) -> Iterator[str]:
    for version in _FAMILIES:
        ways = [way for flow in flows if flow.src.version == version for way in (flow, flow.reversed())]
        if ways:
            texts = ", ".join(f"{way.src} . {way.sport} . {way.dst} . {way.dport}" for way in ways)
            yield f"add element inet {TABLE} lost{version} {{ {texts} }}"
