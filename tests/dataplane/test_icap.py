"""HTTPS through `srxnf proxy` with ICAP servers beside it: Debian's c-icap, and one of ours that misbehaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tests.helpers.c_icap import c_icap
from tests.helpers.icap_server import CONTINUE, UNCHANGED, Asked, Judge, adapted, icap_server
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy, free_port
from tests.helpers.waiting import until

SENT = bytes(range(256)) * 4096  # a megabyte


def configuration(profile: str) -> str:
    """The usual one with a profile of ICAP servers in its policy."""
    with_policy = CONFIGURATION.replace("application-services {", "application-services { icap-redirect P;")
    return with_policy + f"services {{ icap-redirect {{ profile P {{ {profile} }} }} }}"


def serve(connection: object) -> None:
    """HTTP/1.1 with the uploaded size, or a megabyte."""
    stream = connection.makefile("rwb")  # type: ignore[attr-defined]
    while line := stream.readline():
        headers = dict(iter(lambda: stream.readline().strip().lower().partition(b": ")[::2], (b"", b"")))
        length = int(headers.get(b"content-length", 0))
        body = stream.read(length)
        if headers.get(b"transfer-encoding") == b"chunked":
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        said = SENT if line.startswith(b"GET /big") else b"%d bytes, %b" % (len(body), line.split()[1])
        stream.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
        stream.flush()


@contextmanager
def network(directory: Path, pki: LoopbackPki, profile: str) -> Iterator[Network]:
    origin = Origin()
    origin.serve(serve, pki.origin_context())
    with RunningProxy(directory, pki, origin.address, workers=1, configuration=configuration(profile)) as proxy:
        yield Network(pki, origin, proxy)
        assert proxy.end() == 0, proxy.stderr
        assert "Traceback" not in proxy.stderr, proxy.stderr
    origin.close()


@contextmanager
def browser(net: Network) -> Iterator[Callable[..., HTTPResponse]]:
    """Asks one thing after the other on one connection."""
    connection = HTTPConnection(NAME)
    connection.sock = net.client()

    def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> HTTPResponse:
        connection.request(method, path, body, headers)
        return connection.getresponse()

    yield ask
    connection.close()


def server(port: int, service: str, name: str = "S") -> str:
    return f"server {name} {{ host 127.0.0.1; port {port}; reqmod-uri {service}; respmod-uri {service}; }}"


BOTH = "http { redirect-request; redirect-response; } timeout 20000;"


@pytest.mark.parametrize("service", ["echo", "ex206"])
def test_c_icap_lets_everything_through_unharmed(tmp_path: Path, pki: LoopbackPki, service: str) -> None:
    with c_icap(tmp_path) as port, network(tmp_path, pki, server(port, service) + BOTH) as net, browser(net) as ask:
        assert ask("GET", "/small").read() == b"0 bytes, /small"
        assert ask("GET", "/big").read() == SENT
        assert ask("POST", "/up", SENT).read() == b"1048576 bytes, /up"
        assert ask("POST", "/up", b"x" * 3000, Expect="100-continue").read() == b"3000 bytes, /up"
        counters = net.proxy.service("icap", "statistics")["counters"]["P"]["S"]
        assert (counters["REQMOD"], counters["RESPMOD"]) == (4, 4)
        assert not {"timeout", "connectivity", "default-action"} & set(counters)


def test_c_icap_refuses_a_url(tmp_path: Path, pki: LoopbackPki) -> None:
    profile = "server S { host 127.0.0.1; port %d; reqmod-uri url_check; } http { redirect-request; } timeout 20000;"
    with c_icap(tmp_path) as port, network(tmp_path, pki, profile % port) as net, browser(net) as ask:
        assert ask("GET", "/allowed").status == 200
        with browser(net) as other:
            refused = other("GET", "/forbidden")
            assert refused.status == 403
            assert b"what nobody may see" in refused.read()

        def logged() -> list[dict[str, str]]:
            return [one for one in net.proxy.all_records() if one["name"] == "ICAP_REDIRECT_LOG"]

        record, = until(logged, "it is logged")
        assert (record["action"], record["url"], record["method"]) == ("BLOCKED", f"{NAME}/forbidden", "REQMOD")


def hang(_: Asked) -> bytes:
    """Never answers a message."""
    return b""


def half(asked: Asked) -> bytes:
    """Begins to answer, and says no more."""
    return UNCHANGED[:12] if asked.is_whole else CONTINUE


@pytest.mark.parametrize("judge", [hang, half], ids=["hangs", "stops"])
@pytest.mark.parametrize("word", ["permit", "block"])
def test_a_server_that_does_not_answer_in_time(tmp_path: Path, pki: LoopbackPki, judge: Judge, word: str) -> None:
    profile = "http {{ redirect-request; }} timeout 300; fallback-option {{ timeout {}; }}"
    with icap_server(judge) as (port, _), network(tmp_path, pki, server(port, "x") + profile.format(word)) as net:
        with browser(net) as ask:
            answer = ask("POST", "/up", b"x" * 100)
            assert (answer.status, answer.read()[:9]) == ((200, b"100 bytes") if word == "permit" else (503, b"This cont"))
        assert net.proxy.service("icap", "statistics")["counters"]["P"]["S"]["timeout"] == 1


def test_an_answer_that_nobody_takes_waits_in_the_server(tmp_path: Path, pki: LoopbackPki) -> None:
    def flood(asked: Asked) -> bytes:
        return adapted(b"HTTP/1.1 200 OK\r\n\r\n", bytes(48 << 20)) if asked.method == "RESPMOD" else UNCHANGED

    with icap_server(flood) as (port, _), network(tmp_path, pki, server(port, "x") + BOTH) as net, browser(net) as ask:
        worker, = net.proxy.workers().values()
        before = peak(worker)
        flooded = ask("GET", "/small")
        assert sum(len(piece) for piece in iter(lambda: flooded.read(1 << 16), b"")) == 48 << 20
        assert peak(worker) - before < 8 << 20


def peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def test_the_second_server_stands_in_for_one_that_is_dead(tmp_path: Path, pki: LoopbackPki) -> None:
    def mask(asked: Asked) -> bytes:
        if asked.method == "REQMOD":
            return UNCHANGED
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
        return adapted(head, asked.body.upper()) if asked.is_whole else CONTINUE

    with icap_server(mask) as (port, seen):
        servers = server(free_port(), "x", "DEAD") + server(port, "x", "LIVES")
        with network(tmp_path, pki, servers + BOTH) as net, browser(net) as ask:
            assert ask("GET", "/small").read() == b"0 BYTES, /SMALL"
            rows = {row["server"]: row["state"] for row in net.proxy.service("icap", "status")["servers"]}
            assert rows == {"DEAD": "down", "LIVES": "up"}
        assert {one.value(b"X-Client-IP") for one in seen} == {b"127.0.0.1"}


def test_a_server_that_ends_idle_connections_costs_nothing(tmp_path: Path, pki: LoopbackPki) -> None:
    with icap_server(closes=True) as (port, seen), network(tmp_path, pki, server(port, "x") + BOTH) as net, browser(net) as ask:
        for _ in range(5):
            assert ask("POST", "/up", b"x" * 100).read() == b"100 bytes, /up"
        assert len([one for one in seen if one.is_whole]) == 10
        assert "connectivity" not in net.proxy.service("icap", "statistics")["counters"]["P"]["S"]


def test_over_tls_the_server_must_be_vouched_for(tmp_path: Path, pki: LoopbackPki) -> None:
    initiation = "} } } services { ssl { initiation { profile T { trusted-ca lab-root; }"
    profile = "server S {{ host localhost; port {}; reqmod-uri x; tls-profile T; }} http {{ redirect-request; }} timeout 20000;"
    said = profile + "fallback-option {{ connectivity block; }}"
    pki.add("icap", "localhost")
    for certificate, status in (("icap", 200), ("untrusted", 503)):
        with icap_server(context=pki.origin_context(certificate)) as (port, seen):
            with network(tmp_path, pki, said.format(port) + initiation) as net, browser(net) as ask:
                assert ask("GET", "/small").status == status
            assert bool(seen) is (status == 200)
