"""`show security monitoring` and its children."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given, OperatorError

_COLUMNS: Final = 6
_WINDOW: Final = "(for last 96 seconds on average)"


def monitoring(answer: Answer, given: Given) -> Sequence[str]:
    """The table of all SPUs, or the particulars of those of one FPC; of memory nothing is modelled, nor said."""
    if "fpc" in given:
        return _fpc(given["fpc"], [spu for spu in answer["spus"] if spu["fpc"] == given["fpc"]])
    lines = ["                  Flow session   Flow session     CP session     CP session",
             "FPC PIC CPU Mem        current        maximum        current        maximum"]
    return lines + [
        f"{spu['fpc']:>3} {spu['pic']:>3} {spu['cpu']:>3}   - {spu['sessions']:>14} {spu['max-sessions']:>14} "
        f"{spu['cp-sessions']:>14} {spu['cp-max-sessions']:>14}" for spu in answer["spus"]]


def cpu(answer: Answer, given: Given) -> Sequence[str]:
    """CPU per cent of the last 60 seconds; the index is how many seconds ago."""
    return _history(answer, given, "cpu")


def session_counts(answer: Answer, given: Given) -> Sequence[str]:
    """Sessions of the last 60 seconds."""
    return _history(answer, given, "sessions")


def threads(answer: Answer, given: Given) -> Sequence[str]:
    """`performance spu extensive`; a scheduler's rounds are not modelled."""
    lines = ["         CPU   Util   Wutil   Status   SchedCounter"]
    for fpc, spus in groupby(_of(answer["spus"], given), key=lambda spu: spu["fpc"]):
        lines.append(f"FPC{fpc}")
        for spu in spus:
            lines.append(f"    PIC{spu['pic']}")
            lines += [f"{number:>13}{round(thread['utilization']):>7}{round(thread['weighted']):>8}"
                      f"{'alive' if spu['alive'] else 'dead':>9}{'-':>15}" for number, thread in enumerate(spu["threads"])]
    return lines


def thread_windows(answer: Answer, given: Given) -> Sequence[str]:
    """`performance spu summary`."""
    lines: list[str] = []
    for spu in _of(answer["spus"], given):
        lines += [f"fpc {spu['fpc']:>2}  pic {spu['pic']:>2}", "CPU   Last minute   Last hour   Last day"]
        lines += [f"{number:>3}{round(thread['last-minute']):>14}{round(thread['last-hour']):>12}"
                  f"{round(thread['last-day']):>11}"
                  for number, thread in enumerate(spu["threads"]) if given.get("thread", number) == number]
        lines.append("")
    return lines[:-1]


def _of(spus: Sequence[Mapping[str, Any]], given: Given) -> Sequence[Mapping[str, Any]]:
    """Those that were asked for."""
    found = [spu for spu in spus if all(given.get(key, spu[key]) == spu[key] for key in ("fpc", "pic"))]
    if not found:
        raise OperatorError(" ".join(f"{key.upper()} {given[key]}" for key in ("fpc", "pic") if key in given) + " holds no SPU")
    return found


def _fpc(number: int, spus: Sequence[Mapping[str, Any]]) -> list[str]:
    if not spus:
        raise OperatorError(f"FPC {number} holds no SPU")
    lines = [f"FPC {number}"]
    for spu in spus:
        lines += [f"  PIC {spu['pic']}",
                  f"    CPU utilization          : {spu['cpu']:>4} %",
                  f"    Current flow session     : {spu['sessions']:>4}",
                  f"    Current flow session IPv4: {spu['sessions'] - spu['ipv6-sessions']:>4}",
                  f"    Current flow session IPv6: {spu['ipv6-sessions']:>4}",
                  f"    Max flow session         : {spu['max-sessions']:>4}"]
        if spu["cp-max-sessions"]:
            lines += [f"    Current CP session       : {spu['cp-sessions']:>4}",
                      f"    Max CP session           : {spu['cp-max-sessions']:>4}"]
        total, ipv6 = spu["creation-rate"], spu["ipv6-creation-rate"]
        lines += [f"{family:<5} Session Creation Per Second {_WINDOW}: {round(rate):>4}"
                  for family, rate in (("Total", total), ("IPv4", total - ipv6), ("IPv6", ipv6))]
    return lines


def _history(answer: Answer, given: Given, what: str) -> list[str]:
    lines: list[str] = []
    for pic in answer["pics"]:
        if given.get("fpc", pic["fpc"]) == pic["fpc"]:
            lines += [f"fpc {pic['fpc']:>2}  pic {pic['pic']:>2}", "Last 60 seconds:", *_grid(pic[what]), ""]
    if not lines:
        raise OperatorError(f"FPC {given.get('fpc')} holds no SPU")
    return lines[:-1]


def _grid(values: Sequence[int]) -> list[str]:
    cells = [(number // _COLUMNS, f"{number:>2}: {value:>3}") for number, value in enumerate(values)]
    return ["  ".join(cell for _, cell in row) for _, row in groupby(cells, key=lambda cell: cell[0])]
