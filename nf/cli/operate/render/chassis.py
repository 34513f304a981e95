"""`show chassis hardware` and `show chassis fpc`: the modelled inventory. What no model knows (serials, watts) stays empty."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from nf.cli.operate.grammar import Answer, Given, OperatorError

_FIXED_SLOT = 0  # of a device without cards


def hardware(answer: Answer, _: Given) -> Sequence[str]:
    """Chassis, cards and PICs."""
    name = answer["platform"].split("-")[0].split(":")[0].upper()
    lines = ["Hardware inventory:", "Item             Version  Part number  Serial number     Description",
             _item("Chassis", name)]
    for card in answer["cards"] or [_fixed(answer, name)]:
        lines.append(_item(f"FPC {card['slot']}", card["description"]))
        if card.get("cpu"):
            lines.append(_item("  CPU", card["cpu"]))
        lines += [_item(f"  PIC {number}", description) for number, description in enumerate(card["pics"])]
    return lines


def fpc(answer: Answer, _: Given) -> Sequence[str]:
    """State and CPU load of each card; those without SPUs carry no modelled load."""
    lines = ["                     Temp  CPU Utilization (%)   Memory    Utilization (%)",
             "Slot State            (C)  Total  Interrupt      DRAM (MB) Heap     Buffer"]
    for card in answer["cards"] or [_fixed(answer, "")]:
        spus = [spu for spu in answer["spus"] if spu["fpc"] == card["slot"]]
        alive = not spus or any(spu["alive"] for spu in spus)
        load = f"{round(sum(spu['cpu'] for spu in spus) / len(spus)):>6}" if spus else f"{'-':>6}"
        lines.append(f"{card['slot']:>3}  {'Online' if alive else 'Offline':<16}   - {load}".rstrip())
    return lines


def forwarding(answer: Answer, _: Given) -> Sequence[str]:
    """Without the routing engine's part and memory, which are not modelled."""
    load = answer["real-time-threads"]
    if load is None:
        raise OperatorError("this platform has several SPUs: see 'show security monitoring'")
    return ["FWDD status:", f"  {'State':<39}Online", f"  {'Real-time threads CPU utilization':<36}{round(load):>3} percent",
            f"  {'Uptime:':<39}{timedelta(seconds=round(answer['uptime']))}"]


def _fixed(answer: Answer, name: str) -> Mapping[str, Any]:
    return {"slot": _FIXED_SLOT, "description": f"{name} PFE".strip(), "pics": [spu["role"] for spu in answer["spus"]]}


def _item(name: str, description: str) -> str:
    return f"{name:<17}{'':<40}{description}".rstrip()
