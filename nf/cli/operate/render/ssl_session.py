"""`show services ssl session`: the TLS ends of one session, in the order of the devices; of all, a line for each (ours)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given
from nf.cli.operate.render.ssl_form import named, rows


def session(answer: Answer, _: Given) -> Sequence[str]:
    """What Junos shows, then what is ours: groups, ALPN, the grade, the reason."""
    return rows(_facts(answer))


def session_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same as data."""
    return {"ssl-session": named("ssl-session", _facts(answer))}


def sessions(answer: Answer, _: Given) -> Sequence[str]:
    """Those under a profile: both ends in brief, or why there are none."""
    table = [_HEADS, *map(_brief, _of_the_proxy(answer))]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADS))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return [*lines, f"Total sessions: {len(table) - 1}"]


def sessions_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same sessions, with all that the books say of them."""
    return {"ssl-session": _of_the_proxy(answer)}


def _of_the_proxy(answer: Answer) -> list[Mapping[str, Any]]:
    return [row for row in answer["sessions"] if row["profile"]]


_HEADS: Final = ("Session ID", "Profile", "Server name", "SSL-T", "SSL-I", "Resumed", "Grade", "State", "Reason")


def _brief(row: Mapping[str, Any]) -> tuple[str, ...]:
    ends = [row["ssl-t"], row["ssl-i"]]
    agreed = [f"{end['version']}/{end['cipher']}/{end['group'] or 'no group'}" if end else "-" for end in ends]
    resumed = [name for name, end in zip(("T", "I"), ends, strict=True) if end and end["resumed"]]
    return (str(row["session-id"]), row["profile"], row["server-name"] or "-", *agreed, "".join(resumed) or "-",
            row["grade"] or "-", row["proxy-state"] or "-", row["reason"] or "-")


def _facts(row: Answer) -> list[tuple[str, object]]:
    ends = [end for end in (row["ssl-t"], row["ssl-i"]) if end]
    verdict = row.get("verdict") or {}
    return [
        ("session-id", row["session-id"]), ("connection-type", "PROXY" if row["profile"] else "none"),
        ("ssl-profile", row["profile"] or "none"), ("early-dynapp-profile", row.get("early-profile") or "none"),
        ("http-proxy-session", "No"), ("swg-session", "No"), ("init-sni", row["server-name"] or "none"),
        ("resumed-session", _yes(any(end.get("resumed") for end in ends))), ("one-crypto", "Disabled"),
        ("async-crypto", "Disabled"), ("reneg-count", max((end.get("renegotiations", 0) for end in ends), default=0)),
        ("cert", (row["ssl-i"] or {}).get("subject") or "none"), ("cert-status", verdict.get("status", "none")),
        ("cert-crl-check", verdict.get("crl-check", "none")), ("cert-action", verdict.get("action", "none")),
        ("authentication", verdict.get("authentication", "none")),
        *_end("term", row["ssl-t"]), *_end("init", row["ssl-i"]), *_ours("term", row["ssl-t"]),
        *_ours("init", row["ssl-i"]), ("grade", row.get("grade") or "none"),
        *((("reason", row["reason"]),) if row["reason"] else ())]


def _end(name: str, end: Mapping[str, Any] | None) -> list[tuple[str, object]]:
    if not end:
        return []
    return [(f"{name}-key-size", end.get("key-size", 0)), (f"{name}-cipher", end["cipher"]),
            (f"{name}-tls-version", end["version"].removeprefix("TLSv"))]


def _ours(name: str, end: Mapping[str, Any] | None) -> list[tuple[str, object]]:
    if not end:
        return []
    return [(f"{name}-group", end.get("group") or "none"), (f"{name}-alpn", end["alpn"] or "none"),
            (f"{name}-resumed", _yes(bool(end.get("resumed"))))]


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
