"""The kernel's part of transparency: addresses, routes, neighbours and the nftables table of a network namespace.

The legs carry link-local addresses and default routes to neighbours that do not exist: whatever is sent that way reaches
the switch, and the controller writes the real MAC addresses into it. IPv6 is as IPv4, and left out where the kernel has
none. Needs CAP_NET_ADMIN.
"""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from nf.dataplane.wiring import TransparentLeg, has_ipv6

TABLE: Final = "srxnf"
MARK: Final = 0x5278  # of packets that belong to a local socket although their destination is foreign
LOCAL_ROUTES: Final = 5278  # routing table
_COMMANDS: Final = ("ip", "nft", "ethtool")
# A leg takes no address or route from what others say.
_IPV6_KNOBS: Final = {"accept_ra": "0", "autoconf": "0", "router_solicitations": "0", "addr_gen_mode": "1"}


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
        for leg in legs:
            _ready(leg.device, undo)
        _prefer("ipv4/tcp_mtu_probing", "1", undo)  # of both versions: who finds a packet too big tells the client, not us
        devices = [leg.device for leg in legs]
        for version in (4, 6) if _speaks_ipv6(devices, undo) else (4,):
            _routes(version, devices, undo)
        undo.callback(run_quietly, "nft", "delete", "table", "inet", TABLE)
        run_quietly("nft", "delete", "table", "inet", TABLE)
        run("nft", "-f", "-", text=ruleset(legs))
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
    return f"""table inet {TABLE} {{
  chain divert {{
    type filter hook prerouting priority mangle; policy accept;
    meta l4proto tcp socket transparent 1 socket wildcard 0 meta mark set {MARK} accept
    tcp flags & (syn | ack) != syn socket transparent 1 socket wildcard 1 accept
    tcp flags & (syn | ack) != syn socket transparent 1 meta mark set {MARK} accept
{divert}
  }}
}}
"""


def _ready(device: str, undo: contextlib.ExitStack) -> None:
    """A device that is up and takes packets from anyone."""
    run("ip", "link", "set", "dev", device, "up")
    run_quietly("ethtool", "-K", device, "tx", "off")  # a userspace switch does not finish checksums
    for knob in (f"ipv4/conf/{device}/rp_filter", "ipv4/conf/all/rp_filter"):
        _write(knob, "0", undo)


def _speaks_ipv6(devices: Sequence[str], undo: contextlib.ExitStack) -> bool:
    """Turn IPv6 on where it is off; where that is not allowed, say so and do without."""
    if not has_ipv6():
        return False
    for device in devices:
        for knob, value in _IPV6_KNOBS.items():
            _prefer(f"ipv6/conf/{device}/{knob}", value, undo)
    try:
        for device in (*devices, "lo"):
            _write(f"ipv6/conf/{device}/disable_ipv6", "0", undo)
        if len(devices) == 2:
            _write("ipv6/conf/all/forwarding", "1", undo)
    except OSError as error:
        sys.stderr.write(f"srxnf: no IPv6 here: {error.filename}: {error.strerror}\n")
        return False
    return True


def _routes(version: int, devices: Sequence[str], undo: contextlib.ExitStack) -> None:
    """The addresses, neighbours, routes and rules of one IP version."""
    for index, device in enumerate(devices):
        own, gateway = _addresses(version, index)
        mac = f"02:00:5e:00:00:{index + 1:02x}"
        _add(undo, version, "address", *own, "dev", device)
        _add(undo, version, "neighbour", gateway, "lladdr", mac, "dev", device, "nud", "permanent")
        _add(undo, version, "route", "default", "via", gateway, "dev", device, "metric", str(100 + index))
    _add(undo, version, "route", "local", "default", "dev", "lo", "table", str(LOCAL_ROUTES))
    _add(undo, version, "rule", "pref", "100", "fwmark", str(MARK), "lookup", str(LOCAL_ROUTES))
    if len(devices) == 2:
        _pass_on(version, devices, undo)


def _pass_on(version: int, devices: Sequence[str], undo: contextlib.ExitStack) -> None:
    """What comes in on one leg and is nobody's here leaves on the other."""
    for index, device in enumerate(devices):
        out = 1 - index
        table = str(LOCAL_ROUTES + 1 + index)
        _add(undo, version, "route", "default", "via", _addresses(version, out)[1], "dev", devices[out], "table", table)
        _add(undo, version, "rule", "pref", "101", "iif", device, "lookup", table)
    if version == 4:
        _write("ipv4/ip_forward", "1", undo)


def _addresses(version: int, index: int) -> tuple[tuple[str, ...], str]:
    """A leg's own address, as `ip address` takes it, and that of the neighbour that stands for everyone behind it."""
    if version == 4:
        return (f"169.254.{100 + index}.1/30",), f"169.254.{100 + index}.2"
    return ("fe80::5278:1/64", "nodad"), "fe80::5278:2"  # each holds on its own link only


def _add(undo: contextlib.ExitStack, version: int, kind: str, *words: str) -> None:
    """`ip KIND add WORDS`, replacing what an ended run may have left behind, and its removal later."""
    ip = ("ip", f"-{version}", kind)
    run_quietly(*ip, "del", *words)
    run(*ip, "add", *words)
    undo.callback(run_quietly, *ip, "del", *words)


def _write(name: str, value: str, undo: contextlib.ExitStack) -> None:
    knob = Path("/proc/sys/net") / name
    before = knob.read_text().strip()
    if before != value:
        knob.write_text(value)
        undo.callback(knob.write_text, before)


def _prefer(name: str, value: str, undo: contextlib.ExitStack) -> None:
    """The same where it is allowed; what it is for goes on without."""
    with contextlib.suppress(OSError):
        _write(name, value, undo)


def run(*words: str, text: str = "") -> None:
    """Run a command; raises PlumbingError with what it said."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PlumbingError(f"{' '.join(words)}: {done.stderr.strip() or f'exit status {done.returncode}'}")


def run_quietly(*words: str) -> None:
    """Run one whose failure means nothing."""
    subprocess.run(words, capture_output=True, check=False)
