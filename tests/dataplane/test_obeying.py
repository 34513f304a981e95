"""What a worker does at the central point's orders: it answers pings and questions, and ends once it is drained."""

import socket

from nf.dataplane.crew import _MESSAGE
from nf.dataplane.loop import READ
from nf.dataplane.messages import Drain, Order, Ping, Question, Report, decode_report, encode
from nf.dataplane.worker import Worker
from tests.dataplane.test_worker import linked

__all__ = ["linked"]


def order(linked: tuple[Worker, socket.socket], what: Order) -> Report:
    worker, ours = linked
    ours.send(encode(what))
    worker._receive(READ)
    return decode_report(ours.recv(_MESSAGE))


def test_a_ping_is_answered_by_an_empty_report(linked: tuple[Worker, socket.socket]) -> None:
    assert order(linked, Ping()) == Report()


def test_a_question_is_answered_by_its_number(linked: tuple[Worker, socket.socket]) -> None:
    reply, = order(linked, Question(7, "no such word")).replies
    assert reply.number == 7
    assert "error" in reply.answer


def test_a_worker_without_sessions_is_drained_at_once(linked: tuple[Worker, socket.socket]) -> None:
    worker, ours = linked
    ours.send(encode(Drain(5.0)))
    begun = worker.loop.now
    worker.loop.again(lambda: worker._receive(READ))
    worker.loop.run()
    assert worker.loop.now - begun < 5.0
