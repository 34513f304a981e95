"""What is read out of captures with a key log, what is found in a trace, and how a scenario says that it is missing."""

from pathlib import Path

import pytest

from scenarios import decrypted
from scenarios.expect import differences
from scenarios.files import ScenarioError, parse
from scenarios.observe import Observation, RequestView
from scenarios.schema import Scenario
from scenarios.wanted import Read, TraceLine

SCENARIO = Scenario(name="s", title="t", junos="", origin=(), visit=(), capture=True,
                    read=(Read("client", "/hello", 2), Read("server", "/hel/")),
                    trace=(TraceLine("/closed/", 1), TraceLine("x", 0)))
ALL = (RequestView("client", "/hello"), RequestView("client", "/hello"), RequestView("server", "/hello"))


def test_nothing_without_captures_or_trace(tmp_path: Path) -> None:
    assert decrypted.read(tmp_path, ["srx1-eth0", "srx1-eth1"]) == ()
    assert decrypted.trace(tmp_path) == ()


def test_lines_of_the_trace(tmp_path: Path) -> None:
    (tmp_path / decrypted.TRACE).write_text("one\ntwo\n")
    assert decrypted.trace(tmp_path) == ("one", "two")


@pytest.mark.parametrize(("read", "trace", "words"), [
    (ALL, ("it is closed",), ()),
    (ALL[1:], ("it is closed",), ("client's leg: expected to read '/hello' in it 2 times, read it 1 times",)),
    (ALL[:2], ("it is closed",), ("server's leg: expected to read '/hel/' in it, read it 0 times",)),
    (ALL, (), ("trace: expected '/closed/' 1 times, found it 0 times",)),
    (ALL, ("closed", "x"), ("trace: expected 'x' 0 times, found it 1 times",))])
def test_what_is_missing_is_said(read: tuple[RequestView, ...], trace: tuple[str, ...], words: tuple[str, ...]) -> None:
    seen = Observation("s", "p", read=read, trace=trace)
    assert tuple(text for text in differences(SCENARIO, seen) if "leg" in text or "trace" in text) == words


def test_reading_needs_captures() -> None:
    text = Path("scenarios/key_log_and_trace.toml").read_text(encoding="utf-8")
    parse(text, "s", "s.toml")
    with pytest.raises(ScenarioError, match=r"`read`: expected `capture = true`"):
        parse(text.replace("capture = true", ""), "s", "s.toml")
