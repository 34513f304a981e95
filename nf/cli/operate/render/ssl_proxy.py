"""`show services ssl proxy`: statistics, counters, status; `show services ssl … counters`, `show services ssl droplogs`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given
from nf.cli.operate.render.ssl_form import by_pic, head, named, rows

_LABELS: Final = (
    ("sessions matched", "matched"), ("sessions bypassed:non-ssl", "bypassed-non-ssl"),
    ("sessions bypassed:mem overflow", "bypassed-mem-overflow"),
    ("sessions bypassed:low memory", "bypassed-low-memory"),
    ("sessions created", "created"), ("sessions ignored", "ignored"), ("sessions active", "active"),
    ("sessions dropped", "dropped"), ("sessions whitelisted", "whitelisted"),
    ("whitelisted url category match", "whitelisted-url-category"), ("default profile hit", "default-profile-hit"),
    ("session dropped no default profile", "dropped-no-default-profile"),
    ("policy hit no profile configured", "policy-hit-no-profile"))
_XML_NAMES: Final = {
    "whitelisted-url-category": "whitelisted-url-category-match", "default-profile-hit": "sessions-default-profile-hit",
    "dropped-no-default-profile": "sessions-dropped-no-default-profile",
    "policy-hit-no-profile": "sessions-policy-hit-no-profile-configured"}  # the last is ours: Junos's XML has none for it
_CONFLICTS: Final = ("default-profile-hit", "dropped-no-default-profile")  # both of policies that name several profiles
_ERRORS: Final = ("dropped", "failed-handshakes", "refused", "lost with an SPU")


def statistics(answer: Answer, _: Given) -> Sequence[str]:
    """The counters of each PIC; add them up for the device."""
    return [line for pic in answer["pics"]
            for line in (head(pic), *rows((label, pic["counters"][name]) for label, name in _LABELS))]


def statistics_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return by_pic("ssl-statistics", [(pic, named("ssl-statistics", (
        *((_XML_NAMES.get(name, f"sessions-{name}"), pic["counters"][name]) for _, name in _LABELS),
        ("sessions-potential-policy-conflict", sum(pic["counters"][name] for name in _CONFLICTS)))))
        for pic in answer["pics"]])


def counters(answer: Answer, given: Given) -> Sequence[str]:
    """Outcomes and their reasons, ours; `errors` are those of sessions that were not carried to their end."""
    wanted = _wanted(given)
    lines = [line for pic in answer["pics"]
             for line in (head(pic), *rows((name, count) for name, count in pic["counters"].items() if wanted(name)))]
    unplaced = rows((name, count) for name, count in answer.get("central-point", {}).items() if wanted(name))
    return [*lines, "Central point ------", *unplaced] if unplaced else lines


def counters_data(answer: Answer, given: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    wanted = _wanted(given)
    return by_pic("ssl-counters", [(pic, {"ssl-counters-entry": [
        {"ssl-counters-name": name, "ssl-counters-value": count} for name, count in pic["counters"].items() if wanted(name)]})
        for pic in answer["pics"]]) | {"central-point": {
            name: count for name, count in answer.get("central-point", {}).items() if wanted(name)}}


def status(answer: Answer, _: Given) -> Sequence[str]:
    """What is so here of what a device tells; what follows the last of Junos's lines is ours."""
    lines = [line for pic in answer["pics"] for line in (head(pic), *rows(_state(answer, pic)))]
    lines += ["", "Profiles (ours):", *rows((name, f"grade {grade}") for name, grade in answer["grades"].items())]
    if answer["tracing"]:
        lines += rows([("traces go to", answer["tracing"])])
    if answer["key-log"]:
        lines.append(f"WARNING: the keys of all sessions are written to {answer['key-log']}: whoever reads it reads them")
    lines += [f"WARNING: made to fail by --fault {words}" for words in answer["faults"]]
    return lines + [f"WARNING: {count} log lines lost: {output}" for output, count in answer["log-lines-lost"].items()]


def status_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    ours = {name: answer[name] for name in ("grades", "key-log", "faults", "tracing")} | {"log-lines-lost": [
        {"output": output, "lines": count} for output, count in answer["log-lines-lost"].items()]}
    return {**by_pic("ssl-status", [(pic, named("ssl-status", _state(answer, pic))) for pic in answer["pics"]]), **ours}


def droplogs(answer: Answer, _: Given) -> Sequence[str]:
    """The last sessions that were dropped, the newest at the end."""
    return [line for pic in answer["pics"] for line in (head(pic), *(f"    {_drop(drop)}" for drop in pic["drops"]))]


def droplogs_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return by_pic("ssl-droplog", [(pic, {"ssl-droplog-msg": [_drop(drop) for drop in pic["drops"]]}) for pic in answer["pics"]])


def _wanted(given: Given) -> Callable[[str], bool]:
    kind = given.get("kind", "all")
    if kind == "all":
        return lambda _: True
    return lambda name: (name.split(":", maxsplit=1)[0] in _ERRORS) is (kind == "errors")


def _state(answer: Answer, pic: Mapping[str, Any]) -> list[tuple[str, object]]:
    certificates, sessions = pic.get("certificate", {}), pic.get("session", {})
    return [
        ("one-crypto", "disable"), ("async-crypto", "disable"), ("proxy-activation", answer["proxy-activation"]),
        ("force-enable-jdpi-service", "disable"), ("local-logging", "enable" if answer["local-logging"] else "disable"),
        ("sslfp-pkid-link-status", "UP" if answer["pkid-link-status"] else "DOWN"),
        ("deferred-profile-selection", _enabled(answer["deferred-profile-selection"])),
        ("cert-cache-activated", answer["cert-cache-activated"]),
        ("invalidate-cert-cache-on-crl-update", _enabled(answer["invalidate-cert-cache-on-crl-update"])),
        ("max-cert-cache-nodes", certificates.get("limit", 0)), ("cert-nodes-in-use", certificates.get("entries", 0)),
        ("sess-cache-activated", "Activated" if sessions.get("limit") else "Deactivated"),
        ("max-sess-cache-nodes", sessions.get("limit", 0)), ("sess-nodes-in-use", sessions.get("entries", 0)),
        ("alpn-extension-support", "Enabled"), ("strip-h2-alpn-extension", answer["strip-h2"])]


def _enabled(value: bool) -> str:
    return "Enabled" if value else "Disabled"


def _drop(drop: Mapping[str, Any]) -> str:
    at = datetime.fromtimestamp(drop["time"], UTC)
    return (f"{at:%b %d %H:%M:%S} UTC session {drop['session-id']} <{drop['source-address']}/{drop['source-port']}->"
            f"{drop['destination-address']}/{drop['destination-port']}> {drop['profile']} dropped: {drop['reason']}")
