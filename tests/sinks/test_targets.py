"""From the facts of `security log` to servers: every mistake an operator can make has its line."""

from dataclasses import replace

import pytest

from nf.pki import PkiError, PkiStore
from nf.policy.profile import InitiationProfile
from nf.policy.security_log import SecurityLog, SyslogStream
from nf.sinks.targets import StreamError, targets
from tests.helpers.loopback_pki import LoopbackPki
from tests.sinks.test_streams import AT, DROP

STREAM = SyslogStream("s", "127.0.0.1", 5514)
TLS = replace(STREAM, transport="tls", tls_profile="p")
PROFILE = InitiationProfile("p", ("lab-root",))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PkiStore:
    return PkiStore.load(LoopbackPki(tmp_path_factory.mktemp("pki")).directory / "pki")


@pytest.mark.parametrize("log", [
    SecurityLog(streams=(STREAM,), disable=True), SecurityLog(streams=(STREAM,), mode="event"),
    SecurityLog(streams=(replace(STREAM, host=None, file="f"),)), SecurityLog()])
def test_nothing_goes_out(log: SecurityLog, store: PkiStore) -> None:
    assert targets(log, {}, store) == ()


@pytest.mark.parametrize("mode", [None, "stream", "stream-event"])
def test_streams_go_out_in_every_other_mode(mode: str | None, store: PkiStore) -> None:
    found = targets(SecurityLog(streams=(STREAM, replace(STREAM, name="t", host="::1")), mode=mode), {}, store)
    assert {target.name: target.server.address for target in found} == {"s": ("127.0.0.1", 5514), "t": ("::1", 5514)}


@pytest.mark.parametrize(("stream", "profile", "message"), [
    (replace(STREAM, host="no.such.host.invalid"), PROFILE, "host no.such.host.invalid: "),
    (replace(STREAM, source_address="203.0.113.77"), PROFILE,
     "source-address 203.0.113.77: Cannot assign requested address"),
    (replace(STREAM, format="binary"), PROFILE, "format binary is not supported; expected syslog or sd-syslog"),
    (replace(TLS, tls_profile=None), PROFILE, "transport protocol tls needs a tls-profile"),
    (replace(TLS, tls_profile="q"), PROFILE, "tls-profile q: no such services ssl initiation profile"),
    (TLS, replace(PROFILE, trusted_ca=()), "tls-profile p: no trusted-ca, so no server could be authenticated")])
def test_mistakes(stream: SyslogStream, profile: InitiationProfile, message: str, store: PkiStore) -> None:
    with pytest.raises(StreamError) as wrong:
        targets(SecurityLog(streams=(stream,)), {"p": profile}, store)
    assert str(wrong.value).startswith(f"security log stream s: {message}")


def test_certificates_that_are_not_there(store: PkiStore) -> None:
    for profile in (replace(PROFILE, trusted_ca=("nobody",)), replace(PROFILE, client_certificate="nobody")):
        with pytest.raises(PkiError, match=r"nobody\.crt: no such"):
            targets(SecurityLog(streams=(TLS,)), {"p": profile}, store)


def test_tls_verifies_names_unless_told_not_to(store: PkiStore) -> None:
    strict, = targets(SecurityLog(streams=(TLS,)), {"p": replace(PROFILE, client_certificate="ssl-proxy-ca")}, store)
    careless, = targets(SecurityLog(streams=(TLS,)), {"p": replace(PROFILE, ignore_server_auth_failure=True)}, store)
    assert strict.context is not None
    assert careless.context is not None
    assert (strict.context.check_hostname, careless.context.check_hostname) == (True, False)
    assert strict.server.peer_name == "127.0.0.1"


def test_a_stream_keeps_to_its_rate_and_counts_the_rest(store: PkiStore) -> None:
    target, = targets(SecurityLog(streams=(replace(STREAM, rate_limit=2, transport="tcp"),)), {}, store)
    lost: list[int] = []
    link = target.link(lost.append)
    for _ in range(5):
        link.send(DROP, AT, "srx1")
    link.send(DROP, AT.replace(second=9), "srx1")
    assert (link.link.waiting, sum(lost)) == (3, 3)
    link.give_up()
    assert sum(lost) == 6

