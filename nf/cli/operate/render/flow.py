"""`show security flow statistics|status|cp-session summary` and `show security np-cache summary`."""

from collections.abc import Mapping, Sequence
from typing import Any

from nf.cli.operate.grammar import Answer, Given


def statistics(answer: Answer, _: Given) -> Sequence[str]:
    """Of each PIC, where there are several, and of all."""
    pics = answer["pics"]
    if len(pics) == 1:
        return _packets(pics[0])
    lines: list[str] = []
    for pic in pics:
        lines += [f"Flow Statistics of FPC{pic['fpc']} PIC{pic['pic']}:", *_packets(pic), ""]
    whole = {key: sum(pic[key] for pic in pics) for key in pics[0] if key not in {"fpc", "pic"}}
    return [*lines, "Flow Statistics Summary:", *_packets(whole)]


def status(answer: Answer, _: Given) -> Sequence[str]:
    """What this box does; what it lacks is off."""
    spread = answer["distribution"].replace("_", "-").capitalize()
    return ["  Flow forwarding mode:",
            "    Inet forwarding mode: flow based", "    Inet6 forwarding mode: flow based",
            "    MPLS forwarding mode: drop", "    ISO forwarding mode: drop",
            "  Flow trace status", f"    Flow tracing status: {'on' if answer['tracing'] else 'off'}",
            "  Flow session distribution", f"    Distribution mode: {spread}", "    GTP-U distribution: Disabled",
            "  Flow ipsec performance acceleration: off", "  Flow power mode IPsec: Disabled",
            *_drop_flow(answer["drop-flow"])]


def _drop_flow(settings: Mapping[str, float]) -> list[str]:
    """What is remembered of denied flows; the labels are those of the device's XML."""
    if not settings["max-sessions"]:
        return ["  Drop-flow: Disabled"]
    return ["  Drop-flow: Enabled", f"    Max sessions: {settings['max-sessions']:g}%",
            f"    Timeout: {settings['timeout']:g} seconds"]


def cp_summary(answer: Answer, _: Given) -> Sequence[str]:
    """Of each PIC that is a central point; a device whose inventory names none runs it within its flow process."""
    lines: list[str] = []
    for pic in answer["pics"]:
        lines += [f"CP Sessions on FPC{pic['fpc']} PIC{pic['pic']}:", "",
                  f"Valid sessions: {pic['valid']}", f"Pending sessions: {pic['pending']}",
                  f"Invalidated sessions: {pic['invalidated']}", "Sessions in other states: 0",
                  f"Total sessions: {pic['total']}", f"Maximum sessions: {pic['maximum']}",
                  f"Maximum inet6 sessions: {pic['maximum-inet6']}", ""]
    return lines[:-1] or ["This platform has no central point of its own."]


def np_cache(answer: Answer, _: Given) -> Sequence[str]:
    """Wings of all network processors together."""
    capacity = answer["capacity"]
    return [f"NP-cache/services-offload Wings: {answer['wings']}", f"NP-cache Capacity: {capacity}",
            f"NP-cache Usage: {round(100 * answer['wings'] / capacity) if capacity else 0}%"]


def _packets(pic: Mapping[str, Any]) -> list[str]:
    """Received are those forwarded, copied, dropped and transmitted together."""
    return [f"    Current sessions: {pic['sessions']}", f"    Packets received: {pic['received']}",
            f"    Packets transmitted: {pic['transmitted']}", "    Packets forwarded/queued: 0",
            f"    Packets copied: {pic['copied']}", f"    Packets dropped: {pic['dropped']}",
            f"    Services-offload packets processed: {pic['offloaded']}", "    Fragment packets: 0",
            "    Pre fragments generated: 0", "    Post fragments generated: 0"]
