"""Launching: what stands in the way is one line with the way out of it; the rest is tested with real labs."""

import os
import re
from pathlib import Path

import msgspec
import pytest

import scenarios
from scenarios import launch
from scenarios.messages import Done, Failed, Job, Kept, Message, Progress
from scenarios.observe import Observation
from scenarios.programs import LabError


def test_without_root_the_exact_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert launch.obstacle("srxnf run --all") == "labs need root for network namespaces; run: sudo srxnf run --all"


def test_without_tun_the_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(launch, "TUN", Path("/dev/net/no-tun"))
    assert launch.obstacle("") == "/dev/net/no-tun: not there; the switch makes its port with it; run: modprobe tun"


def test_namespaces_that_cannot_be_made_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "NAMESPACES", ("sh", "-c", "echo 'unshare: unshare failed: Operation not permitted' >&2"))
    with pytest.raises(LabError) as error:
        launch.run(Job(scenarios.load("forward_proxy"), "p"), lambda text: None, lambda done, ways: None)
    assert str(error.value) == "namespaces cannot be made here: unshare: unshare failed: Operation not permitted"


def test_a_breakdown_inside_is_a_bug_and_shows_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "NAMESPACES", ("sh", "-c", "printf '{\"type\":\"Prog'; echo Traceback >&2"))
    with pytest.raises(RuntimeError, match="Traceback"):
        launch.run(Job(scenarios.load("forward_proxy"), "p"), lambda text: None, lambda done, ways: None)


def test_the_ways_in_are_commands_for_a_shell() -> None:
    srx, *shells = launch.ways_in(77, Kept({"server1": 9, "client1": 5}, "/run/x"))
    assert re.fullmatch(r"nsenter --target 77 --net --mount --pid /\S+/srxnf cli --control /run/x  # the SRX", srx)
    assert shells == [
        "nsenter --target 77 --net --mount --pid bash",
        "nsenter --target 77 --net --mount --pid mnexec -a 5 bash  # client1",
        "nsenter --target 77 --net --mount --pid mnexec -a 9 bash  # server1"]


@pytest.mark.parametrize("message", [
    Progress("a\nb"), Failed("no"), Done(Observation("s", "p", served={"/": "ab"}), ("x",)), Kept({"a": 1}, "/c")])
def test_messages_come_out_as_they_went_in_and_on_one_line(message: Message) -> None:
    line = msgspec.json.encode(message)
    assert b"\n" not in line
    assert msgspec.json.decode(line, type=Message) == message


def test_a_job_carries_its_whole_scenario() -> None:
    job = Job(scenarios.load("forward_proxy"), "p", "/srv/report", keep=True)
    assert msgspec.json.decode(msgspec.json.encode(job), type=Job) == job
