"""An intrusion detection system at the other end of a wire of the network function: tshark says what requests it reads."""

from collections.abc import Mapping
from pathlib import Path

PACKAGE = "tshark"
READY = "Capturing"
_FIELDS = ("ip.src", "eth.dst", "tcp.dstport", "http.request.method", "http.request.uri", "_ws.col.Protocol")


def command(home: Path, options: Mapping[str, str]) -> list[str]:
    """`device` is the network function's end of the wire; what is not HTTP or TLS is not told."""
    device = options["device"]
    script = home / "listen"
    fields = " ".join(f"-e {field}" for field in _FIELDS)
    script.write_text(f"""set -e
ip link add {device} type veth peer name sensor0
for end in {device} sensor0; do echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6; done
ip link set {device} up
ip link set sensor0 up
exec tshark -n -l -i sensor0 -d tcp.port==443,http -Y 'http.request || tls' -T fields -E separator=' ' {fields}
""", encoding="utf-8")
    return ["sh", str(script)]
