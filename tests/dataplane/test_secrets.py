"""No secret gets into a log, a trace, an answer to an operator or standard error, whatever is switched on (D6)."""

import base64
import contextlib
import ssl
from pathlib import Path

from nf.cli.operate.device import Device
from nf.cli.operate.grammar import Word
from nf.cli.operate.run import run
from nf.cli.operate.tree import ROOT
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

MARKERS = {name: f"marker-of-the-{name}".encode() for name in (
    "query", "cookie", "authorization", "body", "password", "host-data", "plain-body", "unread")}
REQUEST = b"\r\n".join([
    b"POST /path?token=%s HTTP/1.1" % MARKERS["query"], b"Host: www.example.test", b"Cookie: session=%s" % MARKERS["cookie"],
    b"Authorization: Bearer %s" % MARKERS["authorization"],
    b"Proxy-Authorization: Basic %s" % base64.b64encode(b"user:" + MARKERS["password"]),
    b"Content-Length: 64", b"", MARKERS["body"] + b"&password=" + MARKERS["password"]])
SHOWN = ("show security flow session extensive", "show services ssl session", "show services ssl proxy counters all",
         "show services ssl droplogs",
         "show services ssl proxy certificate-cache entries detail", "show services ssl proxy session-cache entries detail",
         "show services ssl certificate detail", "show services ssl proxy status", "show security pki local-certificate detail")
CONFIGURED = CONFIGURATION.replace(
    "services { ssl {", "services { ssl { traceoptions { file trace; level verbose; flag all; }").replace(
    "profile fp {", "profile fp { enable-flow-tracing;")


def test_no_secret_gets_out(tmp_path: Path, pki: LoopbackPki) -> None:
    origin, said = Origin(), list[str]()
    origin.serve(echo, pki.origin_context())
    with RunningProxy(tmp_path, pki, origin.address, workers=1, configuration=CONFIGURED,
                      options=["--log", str(tmp_path / "structured.log")]) as proxy:
        net = Network(pki, origin, proxy)
        device = Device(proxy.control)
        for highest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3):
            decrypted(net, highest)
        until(proxy.is_idle, "these sessions are over")
        with net.client() as client:
            client.sendall(REQUEST)
            until(lambda: device.answer({"show": "sessions"})["total"], "the session is there")
            number = device.answer({"show": "sessions"})["sessions"][0]["session-id"]
            for line in (*SHOWN, f"show services ssl session {number}"):
                said += run(line, device).lines
                said += run(f"{line} | display json", device).lines
        refused(net)
        plain(net)
        until(proxy.is_idle, "the sessions are over")
        said += run("show services ssl droplogs", device).lines
        assert proxy.end() == 0
    origin.close()
    written = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"trace", "log.jsonl", "structured.log", "stderr"} <= set(written)
    assert b"POST /path" in written["log.jsonl"]  # the path is there, so what follows is no empty promise
    written["operator"] = "\n".join(said).encode()
    for name, content in written.items():
        for secret in secrets(pki):
            assert secret not in content, f"{secret[:40]!r} in {name}"


def decrypted(net: Network, highest: ssl.TLSVersion) -> None:
    with net.client(net.pki.client_context(highest=highest)) as client:
        client.sendall(REQUEST)
        assert MARKERS["cookie"] in client.recv(4096)


def refused(net: Network) -> None:
    """A server that is not good: what the client has ready for it must not be seen either."""
    net.origin.serve(echo, net.pki.origin_context("expired"))
    with contextlib.suppress(ssl.SSLError, OSError):
        net.client().sendall(MARKERS["unread"])


def plain(net: Network) -> None:
    """HTTP in the clear on the way of TLS: first unknown, then known not to be TLS."""
    net.origin.serve(echo)
    with net.proxy.connect() as client:
        for number in range(8):
            client.sendall(b"POST /%d?%s HTTP/1.1\r\nCookie: %s\r\n\r\n%s" % (
                number, MARKERS["query"], MARKERS["host-data"], MARKERS["plain-body"]))
            assert client.recv(4096)


def secrets(pki: LoopbackPki) -> list[bytes]:
    """What was sent, the private keys in every form, and what a key log would hold."""
    key = next((pki.directory / "pki" / "local").glob("*.key")).read_bytes()
    lines = key.strip().split(b"\n")[1:-1]
    encoded = b"".join(lines)
    return [*MARKERS.values(), base64.b64encode(b"user:" + MARKERS["password"]), *(line for line in lines if len(line) > 20),
            base64.b64decode(encoded)[-32:].hex().encode(), b"PRIVATE KEY", b"TRAFFIC_SECRET", b"CLIENT_RANDOM"]


def test_every_show_command_that_takes_no_value_is_among_those_looked_at_or_says_nothing_of_sessions() -> None:
    """A new command under `services ssl` must be thought of here."""
    def ends(word: Word, before: str) -> list[str]:
        line = f"{before} {word.name}".strip()
        here = [line] if word.end is not None and word.value is None else []
        return here + [end for child in word.children if child.value is None for end in ends(child, line)]

    shown = next(word for word in ROOT.children if word.name == "show")
    under = [line for line in ends(shown, "") if line.startswith("show services ssl")]
    harmless = ("counters", "statistics", "summary", "profile all", "certificate all", "certificate brief", "learned-bypass")
    assert [line for line in under if line not in SHOWN and not line.endswith(harmless)
            and not any(word in line for word in ("counters",))] == []
