"""Sinks, queue and sender against a real rsyslog: lines arrive whole, over each transport, in both formats."""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec import structs

from nf.log.records import LogRecord, SslProxyMessage, ssl_proxy
from nf.log.render import read_structured
from nf.pki import PkiStore
from nf.policy.profile import InitiationProfile
from nf.policy.security_log import SecurityLog, SyslogStream
from nf.sinks import Sinks, targets
from tests.helpers.loopback_pki import DAY, LoopbackPki
from tests.helpers.waiting import until
from tests.pki.factory import SERVER, mint, sans
from tests.services.attachments import FACTS
from tests.sinks.rsyslog import LOOPBACK, RSYSLOGD, Rsyslog

pytestmark = pytest.mark.skipif(RSYSLOGD is None, reason="rsyslog is not installed")

RECORDS = tuple(ssl_proxy(SslProxyMessage.INFO, structs.replace(FACTS, session_id=number), "fp",
                          f'system: HTTP request GET /{number} "]\\ \n<11>1 - \u00e4 {"x" * (40 * number)}')
                for number in range(200))
PROFILES = {"collector": InitiationProfile("collector", ("lab-root",)),
            "stranger": InitiationProfile("stranger", ("other",))}


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> LoopbackPki:
    return LoopbackPki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def store(pki: LoopbackPki) -> PkiStore:
    (pki.directory / "pki" / "ca" / "other.crt").write_bytes(pki.stranger.certificate.public_bytes(Encoding.PEM))
    return PkiStore.load(pki.directory / "pki")


@pytest.fixture
def rsyslog(tmp_path: Path, pki: LoopbackPki) -> Iterator[Rsyslog]:
    minted = mint("collector", pki.root, (sans(LOOPBACK), SERVER), begins=pki.now, ends=pki.now + DAY)
    certificate = tmp_path / "collector.pem"
    certificate.write_bytes(minted.certificate.public_bytes(Encoding.PEM) + minted.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = Rsyslog(tmp_path, certificate, pki.origin_root)
    server.start()
    yield server
    server.stop()


def stream(rsyslog: Rsyslog, transport: str, form: str | None = "sd-syslog",
           profile: str = "collector") -> SyslogStream:
    return SyslogStream(transport, LOOPBACK, rsyslog.ports[transport], transport, profile, format=form)


@contextmanager
def sending(store: PkiStore, log: SecurityLog, path: Path) -> Iterator[Sinks]:
    """Sinks with their sender as a child process, which ends once nobody can log any more."""
    sinks = Sinks("srx1", (path,), targets=targets.targets(log, PROFILES, store))
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            sinks.sender().run()
            status = 0
        except BaseException:  # noqa: BLE001 - a child must not return into the test's process
            traceback.print_exc()
        finally:
            os._exit(status)
    yield sinks
    sinks.close()
    assert os.waitpid(pid, 0)[1] == 0


def arrived(rsyslog: Rsyslog, transport: str, number: int) -> list[tuple[str, str]]:
    """So many lines, waited for."""
    until(lambda: len(rsyslog.messages(transport)) >= number, f"{number} lines")
    return rsyslog.messages(transport)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_structured_lines_arrive_whole_and_parse(transport: str, rsyslog: Rsyslog, store: PkiStore,
                                                 tmp_path: Path) -> None:
    with sending(store, SecurityLog(streams=(stream(rsyslog, transport),)), tmp_path / "log") as sinks:
        for end in range(5, len(RECORDS) + 1, 5):
            sinks.write(RECORDS[end - 5:end])
            if transport == "udp":  # what its receiver has no room for is gone
                arrived(rsyslog, transport, end)
        got = arrived(rsyslog, transport, len(RECORDS))
    assert [version for version, _ in got] == ["1"] * len(RECORDS)
    assert [read_structured(text) for _, text in got] == list(RECORDS)
    assert sinks.lost_by() == {}


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_unstructured_lines_arrive_whole(transport: str, rsyslog: Rsyslog, store: PkiStore, tmp_path: Path) -> None:
    with sending(store, SecurityLog(streams=(stream(rsyslog, transport, None),)), tmp_path / "log") as sinks:
        sinks.write(RECORDS[:20])
        got = arrived(rsyslog, transport, 20)
    assert [version for version, _ in got] == ["0"] * 20
    assert [text.split(" srx1 ", 1)[1].split(" <")[0] for _, text in got] == [
        f"junos-ssl-proxy: SSL_PROXY_INFO: lsys:root-logical-system {number}" for number in range(20)]


def test_a_server_that_comes_back_gets_what_waited(rsyslog: Rsyslog, store: PkiStore, tmp_path: Path) -> None:
    rsyslog.stop()
    log = SecurityLog(streams=(stream(rsyslog, "tcp"), stream(rsyslog, "tls")))
    with sending(store, log, tmp_path / "log") as sinks:
        sinks.write(RECORDS)
        rsyslog.start()
        for transport in ("tcp", "tls"):
            got = arrived(rsyslog, transport, len(RECORDS))
            assert [read_structured(text) for _, text in got] == list(RECORDS)
    assert sinks.lost_by() == {}


def test_a_server_under_another_ca_gets_nothing(rsyslog: Rsyslog, store: PkiStore, tmp_path: Path,
                                                capfd: pytest.CaptureFixture[str]) -> None:
    log = SecurityLog(streams=(stream(rsyslog, "tls", profile="stranger"), stream(rsyslog, "udp")))
    with sending(store, log, tmp_path / "log") as sinks:
        sinks.write(RECORDS[:5])
        until(lambda: len(rsyslog.messages("udp")) == 5, "the other stream's lines")
        said = until(lambda: capfd.readouterr().err, "a complaint")
    assert "security log stream tls, 127.0.0.1 port" in said
    assert "certificate of the server: self-signed certificate in certificate chain; trying again" in said \
        or "certificate of the server: unable to get local issuer certificate; trying again" in said
    assert rsyslog.messages("tls") == []
    assert sinks.lost_by() == {"stream tls": 5}


def at_local3(record: LogRecord, severity: int) -> LogRecord:
    return structs.replace(record, layout=structs.replace(record.layout, priority=19 * 8 + severity))



def test_filters_choose_a_streams_records(rsyslog: Rsyslog, store: PkiStore, tmp_path: Path) -> None:
    created = LogRecord.of("RT_FLOW", "RT_FLOW_SESSION_CREATE", 14, (("session-id-32", "7"),))
    log = SecurityLog(facility_override="local3", streams=(
        replace(stream(rsyslog, "tcp"), categories=("session-open",)),
        replace(stream(rsyslog, "udp"), severity="warning")))
    warning = ssl_proxy(SslProxyMessage.WARNING, FACTS, "fp", "system: x")
    with sending(store, log, tmp_path / "log") as sinks:
        sinks.write((created, warning, *RECORDS[:3]))
        until(lambda: rsyslog.messages("tcp") and rsyslog.messages("udp"), "a line each")
    assert [read_structured(text) for _, text in rsyslog.messages("tcp")] == [at_local3(created, 6)]
    assert [read_structured(text) for _, text in rsyslog.messages("udp")] == [at_local3(warning, 4)]
    assert len((tmp_path / "log").read_text().splitlines()) == 5
