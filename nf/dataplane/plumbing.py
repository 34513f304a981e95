"""The kernel's part of transparency: addresses, routes, neighbours and the nftables table of a network namespace.

The legs carry link-local addresses and default routes to neighbours that do not exist: whatever is sent that way reaches
the switch, and the controller writes the real MAC addresses into it. Needs CAP_NET_ADMIN.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from nf.dataplane.wiring import TransparentLeg

TABLE: Final = "srxnf"
MARK: Final = 0x5278  # of packets that belong to a local socket although their destination is foreign
LOCAL_ROUTES: Final = 5278  # routing table
_COMMANDS: Final = ("ip", "nft", "ethtool")


class PlumbingError(Exception):
    """A command failed; the message says which, and what it said."""


@contextlib.contextmanager
def plumbed(legs: Sequence[TransparentLeg]) -> Iterator[None]:
    """Set everything up, and take it down again however the block ends."""
    missing = [command for command in _COMMANDS if shutil.which(command) is None]
    if missing:
        raise PlumbingError(f"not installed: {', '.join(missing)} (Debian: iproute2 nftables ethtool)")
    for leg in legs:
        if not Path(f"/sys/class/net/{leg.device}").exists():
            raise PlumbingError(f"no network device {leg.device} here")
    with contextlib.ExitStack() as undo:
        for index, leg in enumerate(legs):
            _leg(index, leg.device, undo)
        _socket_routes(undo)
        if len(legs) == 2:
            _pass_on(legs, undo)
        undo.callback(_run_quietly, "nft", "delete", "table", "ip", TABLE)
        _run_quietly("nft", "delete", "table", "ip", TABLE)
        _run("nft", "-f", "-", text=ruleset(legs))
        yield


def ruleset(legs: Sequence[TransparentLeg]) -> str:
    """The nftables table: packets of sockets we have go to them, new connections to the listener of their leg.

    Without `wildcard` a SYN would find a listener as its socket; with it, a connection that is still opening or waits in
    TIME-WAIT is not found (nft_socket asks full sockets alone), so what is no SYN is asked for again. What is neither
    belongs to a connection that the switch let pass and cannot tell from a diverted one: it goes on. A SYN that finds
    no listener does not: nothing new passes while the device is dead.
    """
    opens = "tcp flags & (syn | ack) == syn"
    divert = "\n".join(f'    iifname "{leg.device}" {opens} tproxy to :{leg.port} meta mark set {MARK} accept\n'
                       f'    iifname "{leg.device}" {opens} drop' for leg in legs)
    return f"""table ip {TABLE} {{
  chain divert {{
    type filter hook prerouting priority mangle; policy accept;
    meta l4proto tcp socket transparent 1 socket wildcard 0 meta mark set {MARK} accept
    tcp flags & (syn | ack) != syn socket transparent 1 socket wildcard 1 accept
    tcp flags & (syn | ack) != syn socket transparent 1 meta mark set {MARK} accept
{divert}
  }}
}}
"""


def _leg(index: int, device: str, undo: contextlib.ExitStack) -> None:
    own, gateway = f"169.254.{100 + index}.1/30", _gateway(index)
    _run("ip", "link", "set", "dev", device, "up")
    _add(undo, "address", own, "dev", device)
    _add(undo, "neighbour", gateway, "lladdr", f"02:00:5e:00:00:{index + 1:02x}", "dev", device, "nud", "permanent")
    _add(undo, "route", "default", "via", gateway, "dev", device, "metric", str(100 + index))
    for knob in (f"conf/{device}/rp_filter", "conf/all/rp_filter"):
        _write(knob, "0", undo)
    _run_quietly("ethtool", "-K", device, "tx", "off")  # a userspace switch does not finish checksums


def _socket_routes(undo: contextlib.ExitStack) -> None:
    _add(undo, "route", "local", "default", "dev", "lo", "table", str(LOCAL_ROUTES))
    _add(undo, "rule", "pref", "100", "fwmark", str(MARK), "lookup", str(LOCAL_ROUTES))


def _pass_on(legs: Sequence[TransparentLeg], undo: contextlib.ExitStack) -> None:
    """What comes in on one leg and is nobody's here leaves on the other."""
    for index, leg in enumerate(legs):
        out = 1 - index
        table = str(LOCAL_ROUTES + 1 + index)
        _add(undo, "route", "default", "via", _gateway(out), "dev", legs[out].device, "table", table)
        _add(undo, "rule", "pref", "101", "iif", leg.device, "lookup", table)
    _write("ip_forward", "1", undo)


def _gateway(index: int) -> str:
    return f"169.254.{100 + index}.2"


def _add(undo: contextlib.ExitStack, kind: str, *words: str) -> None:
    """`ip KIND add WORDS`, replacing what an ended run may have left behind, and its removal later."""
    _run_quietly("ip", kind, "del", *words)
    _run("ip", kind, "add", *words)
    undo.callback(_run_quietly, "ip", kind, "del", *words)


def _write(name: str, value: str, undo: contextlib.ExitStack) -> None:
    knob = Path("/proc/sys/net/ipv4") / name
    before = knob.read_text().strip()
    if before != value:
        knob.write_text(value)
        undo.callback(knob.write_text, before)


def _run(*words: str, text: str = "") -> None:
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PlumbingError(f"{' '.join(words)}: {done.stderr.strip() or f'exit status {done.returncode}'}")


def _run_quietly(*words: str) -> None:
    subprocess.run(words, capture_output=True, check=False)
