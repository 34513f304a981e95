"""The knock at a QUIC server, and the version negotiation that answers it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import quic

IDS = st.binary(max_size=20)


@given(IDS, IDS)
def test_an_answer_names_the_versions_to_whom_asked(destination: bytes, source: bytes) -> None:
    asked = quic.knock(destination, source)
    assert len(asked) == quic.SHORTEST
    said = quic.answer(asked)
    assert said is not None
    assert quic.versions(said, destination, source) == [quic.VERSION_1]
    assert quic.versions(said, destination + b"x", source) == []


@given(IDS, IDS, st.integers(0, quic.SHORTEST))
def test_what_is_cut_short_gets_no_answer(destination: bytes, source: bytes, length: int) -> None:
    asked = quic.knock(destination, source)[:length]
    assert (quic.answer(asked) is None) is (length < quic.SHORTEST)


@given(st.binary(max_size=64), IDS, IDS)
def test_any_other_bytes_are_no_answer_and_get_none(datagram: bytes, destination: bytes, source: bytes) -> None:
    assert quic.answer(datagram) is None
    assert quic.versions(datagram, destination, source) == []


@pytest.fixture
def server() -> Iterator[int]:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-m", "scenarios.quic", "serve", str(port)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"serving\n"
        yield port
        process.kill()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_server_answers(server: int, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert quic.main(["ask", address, str(server), "10"]) == 0
    assert json.loads(capsys.readouterr().out) == {"text": "QUIC versions 1"}


def test_a_port_where_nobody_is_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert quic.main(["ask", "127.0.0.1", str(port), "10"]) == 1
    assert json.loads(capsys.readouterr().out) == {"error": "Connection refused"}


def test_silence_is_said_to_be_silence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        assert quic.main(["ask", "127.0.0.1", str(mute.getsockname()[1]), "0.1"]) == 1
    assert json.loads(capsys.readouterr().out) == {"error": "no answer within 0.1 s"}
