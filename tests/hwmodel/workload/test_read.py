import json
from dataclasses import replace
from pathlib import Path

import pytest

from hwmodel.failure import Failure
from hwmodel.workload import RateState, SizeClass, Spread, Workload, WorkloadError, available, draw, load_workload


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text("arrival_rate = 50\nclients = 7\nsizes = [{ bytes = 10 }, { bytes = 20, weight = 2 }]\n", "utf-8")
    assert load_workload(str(path)) == Workload(arrival_rate=50.0, clients=7, sizes=(SizeClass(10), SizeClass(20, 2.0)))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("arival_rate = 1", r"arival_rate: unknown key; did you mean arrival_rate\?"),
        ("arrival_rate = 0", r"arrival_rate: 0 is out of range; expected at least 0\.001"),
        ("tls_share = 80", r"tls_share: 80 is out of range; expected 0 to 1"),
        ("clients = 0", r"clients: 0 is out of range"),
        ("servers = 1.5", r"servers: expected a whole number"),
        ("sizes = []", r"sizes: expected one or more tables"),
        ("sizes = [{ byte = 1 }]", r"sizes\[0\]\.byte: unknown key"),
        ("sizes = [{ bytes = 1, weight = 0 }]", r"sizes\[0\]\.weight: 0 is out of range"),
        ("duration = 'long'", r"duration: expected a number"),
        ("duration = 1e9", r"duration: 1000000000.0 is out of range; expected 0.001 to 86400"),
        ("arrival_rate = 1e9", r"arrival_rate: more than 134217728 sessions in all"),
        ("start = 20", r"start: 20 s is not before the end, at 10 s"),
        ("half_open = 1", r"half_open: expected true or false"),
        ("[[failure]]\nat = 1", r"failure\[0\]\.spu: expected a text"),
        ("[[failure]]\nspu = 0\nat = 2\nback = 1", r"failure\[0\]\.back: 1 is out of range; expected at least 2\.001"),
        ("[[parts]]\n[[parts.failure]]\nspu = 0\nat = 2", r"parts\[0\]\.failure: a box fails under the whole load"),
        ("protocol = 'icmp'", r"protocol: 'icmp' is unknown; expected one of tcp, udp"),
        ("priority = 'top'", r"priority: 'top' is unknown; expected one of high, medium, low"),
        ("handshake = 'rsa'", r"handshake: 'rsa' is unknown; expected one of tls1"),
        ("gaps = { distribution = 'normal' }", r"gaps\.distribution: 'normal' is unknown"),
        ("gaps = { distribution = 'pareto' }", r"gaps\.shape: expected a number"),
        ("gaps = { distribution = 'pareto', shape = 1 }", r"gaps\.shape: 1 is out of range; expected 1\.01 to 100"),
        ("lives = { distribution = 'constant', shape = 1 }", r"lives\.shape: constant has none"),
        ("packet_sizes = [{ bytes = 0 }]", r"packet_sizes: expected packets of 1 byte at least"),
        ("[[states]]\nrate = 5", r"states\[0\]\.mean_time: expected a number"),
        ("[[states]]\nrate = 0\nmean_time = 1", r"states: expected a state with a rate above 0"),
        ("[[parts]]\nsession = 1", r"parts\[0\]\.session: unknown key; did you mean sessions\?"),
    ],
)
def test_a_mistake_is_told_by_file_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "w.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(WorkloadError, match=rf"w\.toml(:\d+)?: {complaint}"):
        load_workload(str(path))


def test_parts_begin_with_what_stands_around_them(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text("duration = 3\ntls_share = 0\n[[parts]]\n[[parts]]\nsessions = 2\nduration = 2\n", "utf-8")
    whole = load_workload(str(path))
    inner = Workload(duration=3.0, tls_share=0.0)
    assert whole.parts == (inner, replace(inner, sessions=2, duration=2.0))


def test_failures_are_read_and_can_be_told_again(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text("[[failure]]\nspu = 'FPC0.PIC1'\nat = 2\n[[failure]]\nspu = 3\nat = 4\nback = 6\ngraceful = true", "utf-8")
    read = load_workload(str(path))
    assert read.failure == (Failure("FPC0.PIC1", 2.0), Failure("3", 4.0, 6.0, graceful=True))
    assert json.loads(json.dumps(read.as_dict(), allow_nan=False))["failure"][0]["back"] is None


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(
        "gaps = { distribution = 'pareto', shape = 1.5 }\nstates = [{ rate = 0, mean_time = 1 }, { rate = 2, mean_time = 3 }]\n"
        "half_open = true\nfinal_rate = 7\npriority = 'high'\nhandshake = 'tls1.3-p-256'\n", "utf-8")
    assert load_workload(str(path)) == Workload(
        gaps=Spread("pareto", 1.5), states=(RateState(0, 1), RateState(2, 3)), half_open=True, final_rate=7.0,
        priority="high", handshake="tls1.3-p-256")


@pytest.mark.parametrize("name", available())
def test_what_is_shipped_says_what_it_is_and_can_be_drawn(name: str) -> None:
    workload = load_workload(name)
    assert workload.description
    assert len(draw(workload, 1)) > 1000


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(WorkloadError, match=r"rmap: unknown workload; available: .*ramp.*, or the path of a \.toml file"):
        load_workload("rmap")
