"""Operators that do not take their answers, or are silent, and an answer that fails: none of them stops the device."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nf.dataplane.control import MOST_CLIENTS, PATIENCE, ControlSocket
from nf.dataplane.loop import Loop

LONG = "x" * 4_000_000


class Device:
    """Answers at length, or not at all."""

    def informed(self, then: Callable[[], None]) -> None:
        then()

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if request.get("show") == "trouble":
            raise RuntimeError("on purpose")
        return {"asked": request, "long": LONG if request.get("show") == "long" else ""}


class Serving:
    """A control socket in the test's own loop, turned by hand."""

    def __init__(self, path: Path) -> None:
        self.loop, self.path = Loop(), path
        self.control = ControlSocket(path, Device())
        self.control.open(self.loop)

    def operator(self) -> socket.socket:
        operator = socket.socket(socket.AF_UNIX)
        operator.connect(str(self.path))
        operator.settimeout(0.0)
        return operator

    def turn(self, times: int = 10) -> None:
        for _ in range(times):
            self.loop.arm(_Wake(), 0.0)
            self.loop._turn()


class _Wake:
    """Lets a turn end where nothing is ready."""

    slot: int | None = None

    def expired(self) -> None:
        pass


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path / "control")
    yield serving
    for client in tuple(serving.control.clients.values()):
        client.expired()
    serving.control.close()
    serving.loop.close()


def test_an_answer_that_is_not_taken_is_kept_and_others_are_served(serving: Serving) -> None:
    slow, other = serving.operator(), serving.operator()
    slow.sendall(b'{"show": "long"}\n' * 3)
    other.sendall(b'{"show": "short"}\n')
    serving.turn()
    assert json.loads(other.recv(1 << 16))["asked"] == {"show": "short"}
    taken = b""
    while taken.count(b"\n") < 3:
        serving.turn(1)
        try:
            taken += slow.recv(1 << 20)
        except BlockingIOError:
            continue
    assert all(json.loads(line)["long"] == LONG for line in taken.splitlines())
    slow.close()
    other.close()


def test_who_is_silent_for_long_loses_the_place(serving: Serving) -> None:
    operators = [serving.operator() for _ in range(MOST_CLIENTS)]
    operators[0].sendall(b'{"show": "long"}\n')
    serving.turn(2 * MOST_CLIENTS)
    assert len(serving.control.clients) == MOST_CLIENTS
    deadlines = {client.slot for client in serving.control.clients.values()}
    assert None not in deadlines
    assert all(slot <= (serving.loop.now + PATIENCE) / 0.05 + 2 for slot in deadlines)
    for client in tuple(serving.control.clients.values()):
        client.expired()
    assert not serving.control.clients
    assert operators[1].recv(1) == b""
    for operator in operators:
        operator.close()


def test_a_bug_in_an_answer_is_an_answer(serving: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    operator = serving.operator()
    operator.sendall(b'{"show": "trouble"}\n{"show": "short"}\n')
    serving.turn()
    failed, answered = map(json.loads, operator.recv(1 << 16).splitlines())
    assert failed["error"].startswith("internal error")
    assert answered["asked"] == {"show": "short"}
    assert "on purpose" in capsys.readouterr().err
    operator.close()
