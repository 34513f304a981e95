"""What is known of one session: what it carried, when that is told, and how it counts once it is over."""

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from nf.dataplane.account import YOUNG, Account, agreed
from nf.dataplane.leg import Leg
from nf.inspection.inspection import Inspection
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import State

BORN = 50.0
OLD = BORN + YOUNG


@pytest.fixture
def account() -> Iterator[Account]:
    """Of a session whose client has sent a kilobyte."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as near:
        far, _ = listener.accept()
        with far:
            near.sendall(b"x" * 1000)
            assert far.recv(2000)
            entry = SimpleNamespace(facts=SimpleNamespace(session_id=7), inspection=Inspection(()))
            yield Account(cast("Any", entry), Leg(far, lambda: None), BORN, BORN)


@pytest.mark.parametrize(("reason", "dropped", "decrypted", "outcome"), [
    (Reason.BLOCKED, True, True, "dropped"), (None, False, True, "decrypted"), (None, False, False, "unfinished"),
    (Reason.NON_SSL, False, False, "ignored"), (Reason.WHITELISTED, False, False, "bypassed")])
def test_how_it_counts(account: Account, reason: Reason | None, dropped: bool, decrypted: bool, outcome: str) -> None:
    account.reason, account.dropped, account.decrypted, account.relayed = reason, dropped, decrypted, 900
    closed = account.summary(account.volume(BORN))
    assert (closed.session_id, closed.outcome, closed.reason) == (7, outcome, reason.value if reason else "")
    assert closed.decrypted_bytes == (900 if decrypted else 0)


def test_what_its_connections_carried(account: Account) -> None:
    carried = account.volume(BORN + 3.9)
    assert carried.packets_c2s >= 2
    assert carried.bytes_c2s >= 1000 + 40 * carried.packets_c2s
    assert (carried.packets_s2c, carried.bytes_s2c, carried.elapsed_seconds) == (0, 0, 3)
    assert agreed(account.client) is agreed(None) is None


def test_news_once_for_each_change_and_not_of_the_young(account: Account) -> None:
    assert account.news(OLD - 0.1, 1800.0, State.RELAYING) is None
    news = account.news(OLD, 1800.0, State.RELAYING)
    assert news is not None
    assert (news.session_id, news.state, news.maximum, news.timeout) == (7, "relaying", 1800.0, 1800.0 - YOUNG)
    assert news.bytes_c2s == account.volume(OLD).bytes_c2s
    assert account.news(OLD + 1, 1800.0, State.RELAYING) is None
    account.touched = OLD + 1
    again = account.news(OLD + 2, 1800.0, State.DROPPED)
    assert again is not None
    assert (again.state, again.timeout) == ("dropped", 1799.0)
