"""Traces of real sessions: who is traced, how much is said, and that the others run untraced."""

import re
import signal
import ssl
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hwmodel.session import FiveTuple
from nf.dataplane import tracing
from nf.dataplane.tracing import tracer
from nf.policy.profile import SslProxyProfile
from nf.policy.tracing import LEVELS, Flag, Level, PacketFilter, TraceFile, TraceOptions
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

FLOW = FiveTuple(ip_address("192.0.2.10"), 35090, ip_address("203.0.113.5"), 443)
PLAIN, SELECTED = SslProxyProfile("fp"), SslProxyProfile("fp", enable_flow_tracing=True)
LINE = re.compile(r"[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{6} session \d+ .*")


def traced(configuration: str, tmp_path: Path, pki: LoopbackPki, origin: Origin, certificate: str = "good") -> str:
    """The trace of one session through a proxy of this configuration, once it is over."""
    origin.serve(echo, pki.origin_context(certificate))
    with RunningProxy(tmp_path, pki, origin.address, workers=1, configuration=configuration) as proxy:
        try:
            with Network(pki, origin, proxy).client() as client:
                client.sendall(b"GET /index.html HTTP/1.1\r\nCookie: marker\r\n\r\n")
                assert client.recv(100)
        except ssl.SSLError:
            pass
        until(proxy.is_idle, "the session is over")
        assert proxy.end() == 0
    file = tmp_path / "t"
    return file.read_text() if file.exists() else ""


def with_options(level: Level, *flags: Flag, profile: str = "") -> str:
    words = "".join(f" flag {flag};" for flag in flags)
    text = CONFIGURATION.replace("services { ssl {", f"services {{ ssl {{ traceoptions {{ file t; level {level};{words} }}")
    return text.replace("profile fp {", f"profile fp {{ {profile}")


@pytest.fixture
def origin() -> Any:
    made = Origin()
    yield made
    made.close()


def test_every_level_says_more(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    traces = []
    for level in LEVELS:
        (tmp_path / level).mkdir()
        traces.append(traced(with_options(level, "all"), tmp_path / level, pki, origin))
        assert all(LINE.fullmatch(line) for line in traces[-1].splitlines() if "SslProxyProfile" not in line)
        assert "marker" not in traces[-1]
    brief, detail, extensive, verbose = traces
    assert all(re.search(r"(hello -> connecting: Peeked|new -> connecting: Opened)\(data=<", trace) for trace in traces)
    for step in ("initiating -> judging: InitiationDone(",
                 "terminating -> inspecting: TerminationDone(", "relaying -> closed: Ended("):
        assert all(step in trace for trace in traces), step
    assert "Connect\n" not in brief
    assert "    Connect\n" in detail
    assert "SSL-I:" not in detail
    assert "SSL-I: SSLv3/TLS read server hello" in extensive
    assert "SSL-T: SSLv3/TLS read client hello" in extensive
    assert "Plaintext(" not in extensive
    assert "Plaintext(direction=c2s, data=<" in verbose


def test_flags_narrow_what_is_written_about(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    trace = traced(with_options("extensive", "initiation", "termination"), tmp_path, pki, origin)
    assert "SSL-I:" in trace
    assert "TerminationDone" in trace
    assert "Peeked" not in trace
    assert "SslProxyProfile" not in trace


@pytest.mark.parametrize(("profile", "is_traced"), [("enable-flow-tracing;", True), ("", False)])
def test_selected_profiles_alone(tmp_path: Path, pki: LoopbackPki, origin: Origin, profile: str, is_traced: bool) -> None:
    trace = traced(with_options("brief", "selected-profile", profile=profile), tmp_path, pki, origin)
    assert bool(trace) is is_traced


def test_a_dropped_session_ends_its_trace_with_the_reason(tmp_path: Path, pki: LoopbackPki, origin: Origin) -> None:
    trace = traced(with_options("detail", "all"), tmp_path, pki, origin, "expired")
    assert "judging -> dropped: Judged(verdict=Verdict(ok=False, reason=expired" in trace
    assert "Drop(reason=server-authentication-failed" in trace


class TestChoice:
    """Who is traced is decided when the session begins, and nothing of it concerns the others."""

    @pytest.mark.parametrize(("options", "profile", "wanted"), [
        (TraceOptions(), PLAIN, False), (TraceOptions(), SELECTED, True), (TraceOptions(flags=frozenset({"all"})), PLAIN, True),
        (TraceOptions(flags=frozenset({"proxy"})), PLAIN, True),
        (TraceOptions(flags=frozenset({"selected-profile", "proxy"})), PLAIN, False),
        (TraceOptions(flags=frozenset({"all"}), packet_filter=PacketFilter(source_ip=ip_address("192.0.2.10"))), PLAIN, True),
        (TraceOptions(flags=frozenset({"all"}), packet_filter=PacketFilter(destination_port=80)), PLAIN, False),
        (TraceOptions(packet_filter=PacketFilter(source_port=35090, destination_ip=FLOW.dst)), SELECTED, True)])
    def test_class_of_connection(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: TraceOptions,
                                 profile: SslProxyProfile, wanted: bool) -> None:
        for name in ("Connection", "TracedConnection"):
            monkeypatch.setattr(tracing, name, lambda *_, name=name: name)
        made = tracing.Tracer(options, tmp_path)
        entry = SimpleNamespace(plan=SimpleNamespace(profile=profile), five_tuple=FLOW)
        assert made.begin(None, entry, None) == ("TracedConnection" if wanted else "Connection")  # type: ignore[arg-type]

    def test_no_file_where_nothing_can_be_traced(self, tmp_path: Path) -> None:
        assert tracer(TraceOptions(), {"fp": PLAIN}, tmp_path) is None
        assert not list(tmp_path.iterdir())
        assert tracer(TraceOptions(), {"fp": SELECTED}, tmp_path) is not None
        assert (tmp_path / "ssl_trace").exists()

    def test_the_present_tracer_goes_on_while_it_would_be_the_same(self, tmp_path: Path) -> None:
        first = tracer(TraceOptions(), {"fp": SELECTED}, tmp_path)
        assert tracer(TraceOptions(), {"fp": SELECTED}, tmp_path, first) is first
        assert tracer(TraceOptions(level="detail"), {"fp": SELECTED}, tmp_path, first) is not first


def test_lines_are_chosen_by_match_and_files_turn_over(tmp_path: Path) -> None:
    file = TraceFile("t", "10k", 2, world_readable=True, match="wanted [0-9]+$")
    made = tracer(TraceOptions(file, flags=frozenset({"all"})), {}, tmp_path)
    assert made is not None
    for number in range(1000):
        made.write("proxy", f"wanted {number}")
        made.write("proxy", f"other {number}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t", "t.0"]
    assert "other" not in (tmp_path / "t").read_text() + (tmp_path / "t.0").read_text()
    assert (tmp_path / "t.0").stat().st_mode & 0o777 == 0o644


def test_another_configuration_takes_effect_and_leaves_no_descriptor_behind(tmp_path: Path, pki: LoopbackPki,
                                                                            origin: Origin) -> None:
    """Reloaded (SIGHUP): the level rises, and the file goes on."""
    origin.serve(echo, pki.origin_context())
    with RunningProxy(tmp_path, pki, origin.address, workers=1, configuration=with_options("brief", "all")) as proxy:
        net = Network(pki, origin, proxy)
        counts = []
        for number in range(4):
            level: Level = "detail" if number % 2 else "brief"
            (tmp_path / "srx.conf").write_text(f"{with_options(level, 'all')}\n# {number}\n")
            before = proxy.workers()
            proxy.process.send_signal(signal.SIGHUP)
            until(lambda before=before: set(proxy.workers().values()).isdisjoint(before.values()), "a new worker")
            with net.client() as client:
                client.sendall(b"x")
                assert client.recv(1) == b"x"
            until(proxy.is_idle, "the session is over")
            until(lambda before=before: not any(Path(f"/proc/{pid}").exists() for pid in before.values()), "the old is gone")
            counts.append(proxy.descriptors())
            if number > 1:  # from the second on a worker is born beside the last tracer, and has its numbers too
                # an operator's question takes a descriptor for a moment; a leak stays
                until(lambda: proxy.descriptors() <= max(counts[:2]), "no more descriptors than after the second reload")
        assert proxy.end() == 0
    assert "    Connect\n" in (tmp_path / "t").read_text()
