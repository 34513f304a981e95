"""Monitoring in the layout of the devices."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.render.monitoring import cpu, monitoring, session_counts, thread_windows, threads

SPU = {"fpc": 0, "pic": 0, "cpu": 48, "sessions": 101140, "max-sessions": 2097152, "cp-sessions": 0,
       "cp-max-sessions": 0,
       "creation-rate": 3.6, "ipv6-sessions": 40, "ipv6-creation-rate": 1.2, "alive": True,
       "threads": [{"utilization": 99.0, "weighted": 95.0, "last-minute": 90.0, "last-hour": 50.0, "last-day": 9.0}] * 2}


def test_the_table() -> None:
    assert monitoring({"spus": [SPU]}, {}) == [
        "                  Flow session   Flow session     CP session     CP session",
        "FPC PIC CPU Mem        current        maximum        current        maximum",
        "  0   0  48   -         101140        2097152              0              0"]


def test_one_fpc() -> None:
    lines = monitoring({"spus": [SPU, {**SPU, "fpc": 1}]}, {"fpc": 0})
    assert lines == [
        "FPC 0", "  PIC 0", "    CPU utilization          :   48 %", "    Current flow session     : 101140",
        "    Current flow session IPv4: 101100", "    Current flow session IPv6:   40",
        "    Max flow session         : 2097152",
        "Total Session Creation Per Second (for last 96 seconds on average):    4",
        "IPv4  Session Creation Per Second (for last 96 seconds on average):    2",
        "IPv6  Session Creation Per Second (for last 96 seconds on average):    1"]


def test_the_last_minute_in_six_columns() -> None:
    history = {"pics": [{"fpc": 1, "pic": 2, "cpu": [99] * 60, "sessions": list(range(60))}]}
    lines = cpu(history, {})
    assert lines[:4] == ["fpc  1  pic  2", "Last 60 seconds:", " 0:  99   1:  99   2:  99   3:  99   4:  99   5:  99",
                         " 6:  99   7:  99   8:  99   9:  99  10:  99  11:  99"]
    assert len(lines) == 12
    assert session_counts(history, {})[-1].endswith("59:  59")


def test_each_thread() -> None:
    assert threads({"spus": [SPU]}, {}) == [
        "         CPU   Util   Wutil   Status   SchedCounter", "FPC0", "    PIC0",
        "            0     99      95    alive              -", "            1     99      95    alive              -"]


def test_windows_of_each_thread() -> None:
    assert thread_windows({"spus": [SPU, {**SPU, "pic": 1}]}, {"fpc": 0, "pic": 1, "thread": 1}) == [
        "fpc  0  pic  1", "CPU   Last minute   Last hour   Last day", "  1            90          50          9"]


def test_an_fpc_without_spus_is_an_error() -> None:
    for show in (lambda: monitoring({"spus": [SPU]}, {"fpc": 9}), lambda: cpu({"pics": []}, {"fpc": 9}),
                 lambda: threads({"spus": [SPU]}, {"fpc": 9})):
        with pytest.raises(OperatorError, match="FPC 9 holds no SPU"):
            show()
