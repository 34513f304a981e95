"""Modelled and real CPU time."""

from nf.cli.operate.render.cpu import cpu

ROW = {"worker": 0, "pid": 77, "pics": [{"fpc": 0, "pic": 1}, {"fpc": 0, "pic": 2}], "sessions": 100,
       "modelled": 0.2, "real": 0.25}


def test_side_by_side() -> None:
    lines = cpu({"platform": "srx1600", "workers": [ROW], "accepts": [0, 1], "central-point": 0.5,
                 "central-point-modelled": 0.25}, {})
    assert lines[2].split() == ["0", "77", "100", "0.200", "0.250", "1.25", "FPC0", "PIC1,", "FPC0", "PIC2"]
    assert lines[-2:] == ["Central point: 0.250 s modelled, 0.500 s real", "Connections are accepted by worker 0, worker 1"]


def test_nothing_to_compare() -> None:
    lines = cpu({"platform": "x", "accepts": [], "central-point": None, "central-point-modelled": 0.0,
                 "workers": [{**ROW, "modelled": 0.0}, {**ROW, "real": None}]}, {})
    assert [line.split()[5] for line in lines[2:4]] == ["-", "-"]
    assert "down" in lines[3]
    assert lines[-1] == "Connections are accepted by the central point"
