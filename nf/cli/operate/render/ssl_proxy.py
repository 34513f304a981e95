"""`show services ssl`: statistics, counters, status of the SSL proxy, and the TLS of one session."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given, OperatorError

_LABELS: Final = (
    ("sessions matched", "matched"), ("sessions bypassed:non-ssl", "bypassed-non-ssl"),
    ("sessions bypassed:mem overflow", "bypassed-mem-overflow"),
    ("sessions bypassed:low memory", "bypassed-low-memory"),
    ("sessions created", "created"), ("sessions ignored", "ignored"), ("sessions active", "active"),
    ("sessions dropped", "dropped"), ("sessions whitelisted", "whitelisted"),
    ("whitelisted url category match", "whitelisted-url-category"), ("default profile hit", "default-profile-hit"),
    ("session dropped no default profile", "dropped-no-default-profile"),
    ("policy hit no profile configured", "policy-hit-no-profile"))
_WIDTH: Final = 42  # of a label


def statistics(answer: Answer, _: Given) -> Sequence[str]:
    """The counters of each PIC; add them up for the device."""
    lines: list[str] = []
    for pic in answer["pics"]:
        lines.append(f"PIC:spu-{4 * pic['fpc'] + pic['pic']} fpc[{pic['fpc']}] pic[{pic['pic']}] ------")
        lines += [f"    {label:<{_WIDTH}}{pic['counters'][name]}" for label, name in _LABELS]
    return lines


def counters(answer: Answer, _: Given) -> Sequence[str]:
    """Outcomes and their reasons, ours."""
    return _counters(answer, lambda _: True)


def errors(answer: Answer, _: Given) -> Sequence[str]:
    """Those of sessions that were not carried to their end."""
    return _counters(answer, _is_error)


def info(answer: Answer, _: Given) -> Sequence[str]:
    """The others."""
    return _counters(answer, lambda name: not _is_error(name))


def status(answer: Answer, _: Given) -> Sequence[str]:
    """What is so here of what a device tells."""
    return [f"    {name:<{_WIDTH}}{', '.join(value) if isinstance(value, list) else value}"
            for name, value in answer.items()]


def session(answer: Answer, given: Given) -> Sequence[str]:
    """The TLS ends of one session, in the order of the devices."""
    if not answer["sessions"]:
        raise OperatorError(f"no session {given['session-identifier']}")
    row = answer["sessions"][0]
    facts = [("session-id", row["session-id"]), ("connection-type", "PROXY" if row["profile"] else "none"),
             ("ssl-profile", row["profile"] or "none"), ("init-sni", row["server-name"] or "none"),
             *_end("term", row["ssl-t"]), *_end("init", row["ssl-i"])]
    if row["reason"]:
        facts.append(("reason", row["reason"]))
    return [f"    {name:<{_WIDTH}}{value}" for name, value in facts]


def _end(name: str, agreed: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if agreed is None:
        return []
    return [(f"{name}-cipher", agreed["cipher"]), (f"{name}-tls-version", agreed["version"].removeprefix("TLSv")),
            (f"{name}-alpn", agreed["alpn"] or "none")]


def _counters(answer: Answer, wanted: Callable[[str], bool]) -> list[str]:
    return [f"    {name:<{_WIDTH}}{count}" for name, count in answer["counters"].items() if wanted(name)]


def _is_error(name: str) -> bool:
    return name.split(":", maxsplit=1)[0] in ("dropped", "refused", "lost with an SPU")
