"""The loop's turns: files, timers, and what asks for another turn."""

import os
import signal
import socket

import pytest

from nf.dataplane.leg import Leg
from nf.dataplane.loop import BROKEN, FORGET, NOTHING, READ, WRITE, Loop

INFINITY = float("inf")


class Alarm:
    """Counts its deadlines, and ends the loop at the first."""

    def __init__(self, loop: Loop, *others: "Alarm") -> None:
        self.slot: int | None = None
        self.loop, self.others, self.rang = loop, others, 0

    def expired(self) -> None:
        self.rang += 1
        for other in self.others:
            self.loop.disarm(other)
        self.loop.stop()


@pytest.fixture
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def pair():
    ends = socket.socketpair()
    yield ends
    for end in ends:
        end.close()


def test_a_deadline_comes_once_and_not_early(loop: Loop) -> None:
    alarm = Alarm(loop)
    armed = loop.now
    loop.arm(alarm, 0.06)
    loop.run()
    assert (alarm.rang, alarm.slot) == (1, None)
    assert loop.now >= armed + 0.06


def test_the_later_of_two_settings_counts(loop: Loop) -> None:
    late, other = Alarm(loop), Alarm(loop)
    loop.arm(late, 0.0)
    loop.arm(late, 60.0)
    loop.arm(other, 0.05)
    loop.run()
    assert (late.rang, other.rang) == (0, 1)


@pytest.mark.parametrize("disarm", [lambda loop, alarm: loop.disarm(alarm), lambda loop, alarm: loop.arm(alarm, INFINITY)])
def test_disarmed(loop: Loop, disarm) -> None:
    alarm, other = Alarm(loop), Alarm(loop)
    loop.arm(alarm, 0.0)
    disarm(loop, alarm)
    loop.disarm(alarm)
    loop.arm(other, 0.06)
    loop.run()
    assert (alarm.rang, alarm.slot, other.rang) == (0, None, 1)


def test_one_that_is_disarmed_by_another_of_the_same_moment(loop: Loop) -> None:
    first, second = Alarm(loop), Alarm(loop)
    first.others, second.others = (second,), (first,)
    loop.arm(first, 0.01)
    loop.arm(second, 0.01)
    loop.run()
    assert first.rang + second.rang == 1


def test_arming_again_within_the_deadline(loop: Loop) -> None:
    class Thrice(Alarm):
        def expired(self) -> None:
            self.rang += 1
            if self.rang < 3:
                self.loop.arm(self, 0.0)
            else:
                self.loop.stop()

    alarm = Thrice(loop)
    loop.arm(alarm, 0.0)
    loop.run()
    assert alarm.rang == 3


def test_no_memory_of_what_was_disarmed(loop: Loop) -> None:
    alarm = Alarm(loop)
    for _ in range(1000):
        loop.arm(alarm, 1800.0)
    assert len(loop._wheel) <= 3


def test_again_runs_in_the_next_turn_after_others(loop: Loop) -> None:
    seen: list[int] = []

    def once_more() -> None:
        seen.append(1)
        loop.again(lambda: (seen.append(3), loop.stop()))
        loop.again(lambda: seen.append(4))
        seen.append(2)

    loop.again(once_more)
    loop.run()
    assert seen == [1, 2, 3, 4]


def test_files_are_watched_and_forgotten(loop: Loop, pair) -> None:
    near, far = pair
    seen: list[bytes] = []

    def read(mask: int) -> None:
        assert mask & READ
        seen.append(near.recv(9))
        loop.stop()

    loop.watch_file(near.fileno(), read)
    far.send(b"one")
    loop.run()
    loop.forget_file(near.fileno())
    loop.forget_file(near.fileno())
    far.send(b"two")
    loop.again(loop.stop)
    loop.run()
    assert seen == [b"one"]


def test_what_happened_to_a_closed_file_is_not_told_to_its_successor(loop: Loop) -> None:
    """Two are ready in one turn; the first closes both, and new ones take their numbers."""
    old = [socket.socketpair() for _ in range(2)]
    numbers = {near.fileno() for near, _ in old}
    new: list[socket.socket] = []
    told: list[int] = []

    def take_over(_mask: int) -> None:
        for near, _ in old:
            loop.forget_file(near.fileno())
            near.close()
        while not numbers <= {one.fileno() for one in new}:
            new.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        for one in new:
            loop.watch_file(one.fileno(), told.append)
        loop.stop()

    for near, far in old:
        loop.watch_file(near.fileno(), take_over)
        far.close()
    loop.run()
    for one in new:
        one.close()
    assert told == []


def test_a_leg_is_watched_for_what_is_asked(loop: Loop, pair) -> None:
    near, far = pair
    near.setblocking(False)
    masks: list[int] = []
    leg = Leg(near, lambda: None)
    leg.ready = masks.append

    def turn() -> None:
        loop.again(loop.stop)
        loop.run()

    for interest in (READ, WRITE, WRITE, NOTHING, FORGET, FORGET):
        loop.watch(leg, interest)
        assert leg.interest == interest
        turn()
    assert masks == [WRITE, WRITE]
    loop.watch(leg, NOTHING)
    far.close()
    turn()
    assert masks[-1] & BROKEN


def test_signals_end_it(loop: Loop) -> None:
    before = signal.getsignal(signal.SIGUSR1)
    try:
        loop.stop_on(signal.SIGUSR1)
        loop.again(lambda: os.kill(os.getpid(), signal.SIGUSR1))
        loop.run()
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_may_mean_something_else_than_the_end(loop: Loop) -> None:
    seen: list[str] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    try:
        loop.stop_on(signal.SIGUSR1)
        loop.call_on(signal.SIGUSR2, lambda: seen.append("called"))
        loop.again(lambda: os.kill(os.getpid(), signal.SIGUSR2))
        while not seen:
            loop._turn()
        loop.again(lambda: os.kill(os.getpid(), signal.SIGUSR1))
        loop.run()
        assert seen == ["called"]
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
