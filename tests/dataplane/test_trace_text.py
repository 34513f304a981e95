"""What a trace says of events and commands, and what it never says."""

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction
from nf.dataplane.trace_text import LONGEST, describe
from nf.log.records import CloseReason, LogRecord, Volume
from nf.pki import AuthFailure, Verdict
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.events import Timer
from nf.sslproxy.reasons import Reason
from nf.tls.failure import FailureKind, TlsFailure
from nf.tls.parameters import TlsParameters


def test_names_and_what_they_carry() -> None:
    assert describe(on.Opened()) == "Opened"
    assert describe(do.Arm(Timer.CONNECT, 10.0)) == "Arm(timer=connect, seconds=10.0)"
    assert describe(do.Drop(Reason.HANDSHAKE_TIMEOUT)) == "Drop(reason=handshake-timeout)"
    assert describe(do.Judge((b"1234", b"12"), "www.example.test")) == (
        "Judge(chain=[<4 bytes>, <2 bytes>], server_name=www.example.test)")
    assert describe(on.Judged(Verdict(False, AuthFailure.EXPIRED, "certificate error: certificate has expired"))) == (
        "Judged(verdict=Verdict(ok=False, reason=expired, message=certificate error: certificate has expired))")
    assert describe(on.TerminationDone(TlsParameters("TLSv1.3", "TLS_AES_128_GCM_SHA256", b"h2"))) == (
        "TerminationDone(parameters=TLSv1.3/TLS_AES_128_GCM_SHA256/h2)")
    assert describe(on.TerminationFailed(TlsFailure(FailureKind.ALERT, "tls alert unknown ca", 48))) == (
        "TerminationFailed(failure=TlsFailure(kind=alert, text=tls alert unknown ca, alert=48))")
    assert describe(on.Ended(CloseReason.FIN, Volume(1, 2, 3, 4, 5))) == (
        "Ended(reason=TCP FIN, volume=Volume(packets_c2s=1, bytes_c2s=2, packets_s2c=3, bytes_s2c=4, elapsed_seconds=5), "
        "truncated=False)")


def test_of_a_log_record_its_name_and_message() -> None:
    record = LogRecord.of("junos-ssl-proxy", "SSL_PROXY_INFO", 14, (("source-address", "192.0.2.1"), ("message", "system: x")))
    assert describe(do.Log(record)) == "Log(record=SSL_PROXY_INFO: system: x)"
    assert describe(do.Log(LogRecord.of("RT_FLOW", "RT_FLOW_SESSION_CLOSE", 14, ()))) == "Log(record=RT_FLOW_SESSION_CLOSE)"


@given(st.binary(min_size=4), st.sampled_from(Direction))
def test_of_data_nothing_but_how_much_there_is(data: bytes, direction: Direction) -> None:
    for fact in (on.Plaintext(direction, data), do.Deliver(direction, data), on.Peeked(data)):
        assert f"<{len(data)} bytes>" in describe(fact)
        assert repr(data) not in describe(fact)


@given(st.text())
def test_a_peers_words_stay_on_one_line_and_are_cut(name: str) -> None:
    line = describe(do.Judge((), name))
    assert len(line.splitlines()) == 1
    assert len(line) <= len("Judge(server_name=)") + 6 * LONGEST


def test_every_event_and_command_has_words() -> None:
    """Whatever is added later is described without looking into what this file does not know."""
    for kind in (*on.Event.__args__, *do.Command.__args__):
        assert describe(kind(*[object() for _ in kind.__struct_fields__])).startswith(kind.__name__)
