import logging
import signal
import socket

import pytest

from nf.controller.launch import Controller, ListenError, run
from tests.controller.networks import TWO
from tests.controller.running import CONFIG, COUNT, S1_PORTS

# cut-off messages, nonsense lengths, and counts that promise more than is there
GARBAGE = [b"\x04\x00\x00\x08\0\0\0\0" + b"\x04\x06\x00\x0a\0\0\0\0\xff\xff", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 9,
           b"\x04\x00\x00\x10\0\0\0\0" + b"\x00\x01\xff\xff\0\0\0\0", b"\xff" * 70000,
           b"\x04\x00\x00\x10\0\0\0\0" + b"\x00\x01\x00\x00\0\0\0\0",  # a hello element that never ends
           b"\x04\x00\x00\x08\0\0\0\0" + b"\x04\x17\x00\x20\0\0\0\0" + bytes(24)]  # nor does a queue's property


@pytest.mark.parametrize("data", GARBAGE)
def test_garbage_ends_its_own_connection_at_most(running, data, caplog):
    caplog.set_level(logging.CRITICAL)
    with socket.create_connection(running.controller.address, timeout=10) as garbage:
        garbage.sendall(data)
        running.switch(1, *S1_PORTS).install()
        said = [running.lines.get(timeout=10)]
        while "ready" not in said[-1]:
            said.append(running.lines.get(timeout=10))
        assert said[-1] == f"switch s1 ready: {COUNT[1]} entries"
    while not running.lines.empty():
        said.append(running.lines.get())
    assert all("sent what is not OpenFlow" in line for line in said if "ready" not in line)


@pytest.mark.parametrize(("listen", "message"), [
    ("6653", r"'6653': expected an address and a port, such as 127\.0\.0\.1:6653 or \[::1\]:6653"),
    ("127.0.0.1:65536", r"'127\.0\.0\.1:65536': expected an address and a port"),
    ("192.0.2.1:6653", r"cannot listen on 192\.0\.2\.1:6653: Cannot assign requested address")])
def test_an_unusable_address_is_told_in_one_line(listen, message):
    with pytest.raises(ListenError, match=message):
        Controller(CONFIG, TWO, lambda _: None, listen, print)


def test_a_signal_ends_the_program_cleanly():
    before = signal.getsignal(signal.SIGTERM)
    lines = []

    def report(line: str) -> None:
        lines.append(line)
        if line.startswith("ready"):
            signal.raise_signal(signal.SIGTERM)

    run(CONFIG, TWO, lambda _: None, "127.0.0.1:0", report)
    assert len(lines) == 1
    assert signal.getsignal(signal.SIGTERM) is before
