"""tshark at the network function's PCAP-over-IP port: it says what requests it reads out of the plaintext."""

from collections.abc import Mapping
from pathlib import Path

PACKAGE = "tshark"
READY = "waiting"
AFTERWARDS = "Capturing"
_FIELDS = ("ip.src", "tcp.dstport", "http.request.method", "http.request.uri", "_ws.col.Protocol")


def command(home: Path, options: Mapping[str, str]) -> list[str]:
    """`port` is the network function's, which begins after this."""
    port = options["port"]
    script = home / "listen"
    fields = " ".join(f"-e {field}" for field in _FIELDS)
    script.write_text(f"""echo {READY}
until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep .1; done
exec tshark -n -l -i TCP@127.0.0.1:{port} -d tcp.port==443,http -Y 'http.request || tls' -T fields -E separator=' ' {fields}
""", encoding="utf-8")
    return ["bash", str(script)]
