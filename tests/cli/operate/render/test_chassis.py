"""The modelled inventory."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.chassis import forwarding, fpc, hardware

SPUS = [{"fpc": 1, "pic": pic, "role": "SPU Flow", "alive": pic == 0, "cpu": 40 * pic} for pic in range(2)]
CARDS = {"platform": "srx5400:spc3=1", "spus": SPUS, "cards": [
    {"slot": 0, "description": "SRX5k IOC4 MRATE", "pics": ["MRATE"]},
    {"slot": 1, "description": "SPC3", "pics": ["SPU Cp-Flow", "SPU Flow"]}]}


def test_cards_and_their_pics() -> None:
    items = [tuple(line.split(maxsplit=2)) for line in hardware(CARDS, {})[2:]]
    assert items == [("Chassis", "SRX5400"), ("FPC", "0", "SRX5k IOC4 MRATE"), ("PIC", "0", "MRATE"), ("FPC", "1", "SPC3"),
                     ("PIC", "0", "SPU Cp-Flow"), ("PIC", "1", "SPU Flow")]


def test_a_fixed_device_is_one_card() -> None:
    lines = hardware({"platform": "srx1600", "spus": [{**SPUS[0], "fpc": 0}], "cards": []}, {})
    assert [line.split(maxsplit=2)[-1] for line in lines[3:]] == ["SRX1600 PFE", "SPU Flow"]


def test_cards_without_spus_have_no_load() -> None:
    assert [line.split() for line in fpc(CARDS, {})[2:]] == [["0", "Online", "-", "-"], ["1", "Online", "-", "20"]]
    dead = {**CARDS, "spus": [{**spu, "alive": False} for spu in SPUS]}
    assert fpc(dead, {})[3].split()[1] == "Offline"


def test_the_forwarding_process_of_one_spu() -> None:
    lines = forwarding({"real-time-threads": 47.6, "uptime": 3601.2}, {})
    assert [line.split() for line in lines[2:]] == [
        ["Real-time", "threads", "CPU", "utilization", "48", "percent"], ["Uptime:", "1:00:01"]]
    with pytest.raises(OperatorError, match="several SPUs"):
        forwarding({"real-time-threads": None, "uptime": 1.0}, {})
