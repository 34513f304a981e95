from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from msgspec import structs

from hwmodel import ModelError
from hwmodel.session import FiveTuple
from hwmodel.sessions import DECRYPTED, TLS
from nf.cli.model_session_log import log_sessions
from nf.log.event_form import event_form
from nf.log.records import (
    ApplicationFacts,
    CloseReason,
    SessionFacts,
    SslProxyMessage,
    Volume,
    ends_of,
    session_close,
    session_create,
    ssl_proxy,
)
from nf.log.render import structured

START = datetime(2024, 6, 1, 5, 11, 13, 500_000, UTC)
FLOW = FiveTuple(IPv4Address("192.0.2.10"), 57246, IPv4Address("203.0.113.5"), 443)
FACTS = SessionFacts(2984, FLOW, ends_of(FLOW), "P", "trust", "untrust", "ge-0/0/0.0", "ge-0/0/1.0", "junos-https")
SIXTH = FiveTuple(IPv6Address("2001:db8::1"), 1024, IPv6Address("2001:db8::2"), 80)
OTHER = structs.replace(FACTS, session_id=7, five_tuple=SIXTH, ends=ends_of(SIXTH))
TLS_SEEN = ApplicationFacts("HTTP", "UNKNOWN", "Yes")
VOLUME = Volume(10, 3737, 13, 4971, 2)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_session_is_what_its_two_lines_say(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("\n".join([
        structured(session_create(FACTS), START, "srx"),
        structured(session_create(OTHER), after(1), "srx"),
        "something else",
        structured(session_close(FACTS, TLS_SEEN, CloseReason.FIN, VOLUME), after(2.5), "srx"),
    ]), "utf-8")
    sessions = log_sessions(path)
    assert [sessions.flow(i) for i in range(2)] == [FLOW, OTHER.five_tuple]
    assert list(sessions.at) == pytest.approx([0, 1])
    assert list(sessions.life) == pytest.approx([2.5, 1.5])  # the second is still open at the end
    assert (list(sessions.packets), list(sessions.bytes)) == ([23, 0], [8708, 0])
    assert sessions.flags[0] & (TLS | DECRYPTED) == TLS | DECRYPTED
    assert not sessions.flags[1] & TLS


def test_what_the_proxy_let_pass_is_not_decrypted(tmp_path: Path) -> None:
    path = tmp_path / "log"
    passed = ssl_proxy(SslProxyMessage.IGNORE, FACTS, "profile", "not a host to look into")
    path.write_text("\n".join([
        structured(session_create(FACTS), START, "srx"),
        structured(passed, START, "srx"),
        structured(session_close(FACTS, TLS_SEEN, CloseReason.FIN, VOLUME), after(2), "srx"),
    ]), "utf-8")
    assert log_sessions(path).flags[0] & (TLS | DECRYPTED) == TLS


def test_the_older_form_tells_closed_sessions(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(event_form(session_close(FACTS, TLS_SEEN, CloseReason.FIN, VOLUME), START, "srx"), "utf-8")
    sessions = log_sessions(path)
    assert sessions.flow(0) == FLOW
    assert (sessions.life[0], sessions.packets[0], sessions.bytes[0]) == (2.0, 23, 8708)


@pytest.mark.parametrize(("text", "complaint"), [
    ("nothing\n", r"no session log lines in it; expected RT_FLOW_SESSION_CREATE"),
    ("<14>1 2024-06-01T05:11:13Z srx RT_FLOW - RT_FLOW_SESSION_CREATE [junos@2636.1.1.1.2.129 source-port=\"1\"]\n",
     r"log:1: not a complete session log line"),
])
def test_a_log_that_says_nothing_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "log"
    path.write_text(text, "utf-8")
    with pytest.raises(ModelError, match=complaint):
        log_sessions(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        log_sessions(tmp_path / "absent")
