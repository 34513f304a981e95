"""Sessions' work reaches their SPUs, whether they tell of it while they live or only at the end."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hwmodel import Chassis, FirstPath, FlowSettings, Work
from hwmodel.session import Session
from nf.dataplane.charging import Charging
from nf.dataplane.ledger import Ledger
from nf.dataplane.messages import FULL, Closed, Progress
from nf.dataplane.shortcuts import Shortcuts
from nf.policy.systems import Systems
from tests.hwmodel.hardware import small_platform, syn


class Books:
    """A chassis of three SPUs, and who charges them."""

    def __init__(self) -> None:
        self.chassis, self.ledger = Chassis(small_platform((100, 100, 100))), Ledger()
        duties: Any = SimpleNamespace(flow=FlowSettings(), first_path=SimpleNamespace(systems=Systems(())))
        self.charging = Charging(self.chassis, self.ledger, Shortcuts(self.chassis, duties), self.forget)

    def forget(self, session_id: int) -> None:
        self.ledger.forget(session_id)
        self.chassis.close(session_id, 2.0)

    def begin(self, client: int) -> Session:
        placement = self.chassis.receive(syn(client), 0.0)
        assert isinstance(placement, FirstPath)
        self.ledger.begin(placement.session, 0.0)
        return placement.session

    def told(self, session: Session, packets: int) -> None:
        self.charging.progressed(Progress(session.id, packets, packets, 0, 0, 0, 1.0, 2.0, "relaying", "", "", ""), 1.0)


@given(st.lists(st.tuples(st.integers(1, 1000), st.booleans()), max_size=40))
def test_each_spu_has_the_work_of_its_sessions_once(clients: list[tuple[int, bool]]) -> None:
    books, ended, due = Books(), [], dict.fromkeys(range(4), Work())
    for client, (packets, tells) in enumerate(clients):
        session = books.begin(client)
        if tells:
            books.told(session, packets // 2)
        ended.append(Closed(session.id, "decrypted", "", packets, packets, ssl_t=FULL))
        due[session.spu] += Work(packets=packets, bytes=packets, sessions=1, full_handshakes=1)
    books.charging.ended(ended, 2.0)
    assert {status.spu: status.work for status in books.chassis.status(2.0)} == due
    assert not books.ledger.rows
    assert books.chassis.sessions() == ()


def test_who_is_gone_already_is_charged_to_nobody() -> None:
    books = Books()
    session = books.begin(1)
    books.forget(session.id)
    books.told(session, 4)
    books.charging.ended([Closed(session.id, "decrypted", "", 8)], 2.0)
    assert sum((status.work for status in books.chassis.status(2.0)), Work()) == Work()
    assert books.ledger.counters == {"decrypted": 1}
