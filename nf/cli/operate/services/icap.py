"""`show services icap-redirect statistics|status`; no published sample shows a device's output: labels are ours."""

from collections.abc import Mapping
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given, Word
from nf.cli.operate.services import clear, show

_WIDTH: Final = 44
_LABELS: Final = (
    ("OPTIONS", "OPTIONS answered"), ("REQMOD", "Requests sent (REQMOD)"), ("RESPMOD", "Responses sent (RESPMOD)"),
    ("not wanted", "Not wanted by the server"), ("permitted", "Permitted"), ("modified", "Modified"), ("blocked", "Blocked"),
    ("fallback permit", "Permitted by fallback"), ("fallback log-permit", "Permitted by fallback, logged"),
    ("timeout", "Not answered in time"), ("connectivity", "Not connected"), ("default-action", "Answered in error"),
    ("ISTag changed", "ISTag changed"))


def statistics(answer: Answer, _: Given) -> list[str]:
    """What became of messages, by profile and server."""
    lines: list[str] = []
    for profile, servers in sorted(answer["counters"].items()):
        lines.append(f"ICAP redirect profile: {profile}")
        for server, counters in sorted(servers.items()):
            lines.append(f"  Server: {server}")
            lines += [f"    {label + ':':<{_WIDTH}}{counters.get(name, 0)}" for name, label in _LABELS]
    return lines or ["No message has been redirected."]


def status(answer: Answer, _: Given) -> list[str]:
    """The servers of each profile, and their services as the workers know them; up where they have answered any."""
    lines: list[str] = []
    for (profile, server), rows in sorted(_by_server(answer["servers"]).items()):
        first = rows[0]
        failures = [row["failure"] for row in rows if row["failure"]]
        down = sum(row["state"] == "down" for row in rows)
        state = "Down" if down == len(rows) else "Up" if any(row["state"] == "up" for row in rows) else "Not asked yet"
        lines += [f"ICAP redirect profile: {profile}, server: {server}",
                  f"    {'Address:':<24}{first['address']}{' (TLS)' if first['tls'] else ''}",
                  f"    {'State:':<24}{state}{f' ({down} of {len(rows)} workers: {failures[0]})' if failures else ''}"]
        lines += [_service(one) for one in {one["method"]: one for row in rows for one in row["services"]}.values()]
    return lines or ["No profile is configured."]


def _by_server(rows: list[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["profile"], row["server"]), []).append(row)
    return found


def _service(one: Mapping[str, Any]) -> str:
    preview = "none" if one["preview"] is None else f"{one['preview']} bytes"
    return (f"    {one['method'] + ':':<24}preview {preview}, allows {', '.join(one['allow']) or 'nothing'}, ISTag "
            f"{one['istag'] or 'none'}, options for {one['expires_in']} seconds")


SHOW_SERVICES = (Word("icap-redirect", "ICAP service redirect", children=(
    Word("statistics", "What became of messages", end=show("icap", "statistics", statistics)),
    Word("status", "Servers, and what they offer", end=show("icap", "status", status)))),)
CLEAR_SERVICES = (Word("icap-redirect", "ICAP service redirect", children=(
    Word("statistics", "Counters", end=clear("icap", "statistics", lambda *_: [])),
    Word("status", "What is known of servers: they are asked again", end=clear("icap", "status", lambda *_: [])))),)
