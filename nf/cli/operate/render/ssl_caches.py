"""`show services ssl proxy certificate-cache` and `session-cache`: entries, statistics; what `clear` of them says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given
from nf.cli.operate.render.ssl_form import by_pic, head, named, rows

# Junos's names in its order; what a cache knows beyond them is ours and follows.
_CERTIFICATE: Final = ("cache-key", "serial-number", "init-profile-id", "num-of-crl-update", "status", "interdicted-cert-type",
                       "server-cert-verification-result", "cert-ref-count", "subject", "issuer")
_SESSION: Final = ("status", "dest-ip", "dest-port", "term-profile-id", "init-profile-id", "server-name-extn-len",
                   "server-name-extn-name", "server-cert-chain-hash")
_SUMMARY: Final = frozenset({"cache-entry", "cache-key", "serial-number", "init-profile-id", "num-of-crl-update", "hash-entry",
                             "dest-ip", "dest-port", "server-name-extn-name"})
_COUNTERS: Final = (("hit", "hits"), ("miss", "misses"), ("activation-flr", ""), ("full", "full"), ("entries", "entries"),
                    ("limit", "limit"))  # the last two are ours; an activation cannot fail here


def entries(answer: Answer, given: Given) -> Sequence[str]:
    """The entries of each PIC, in brief or whole."""
    lines: list[str] = []
    for pic, mine in _by_pic(answer):
        lines.append(head(pic))
        for number, entry in enumerate(mine, 1):
            lines += [*rows(_entry(number, entry, given)), ""]
        lines.append(f"    Total entries: {len(mine)}")
    return lines


def entries_data(answer: Answer, given: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return by_pic("ssl-cache", [(pic, {"ssl-cache-entry": [
        named("ssl-cache", _entry(number, entry, given)) for number, entry in enumerate(mine, 1)]})
        for pic, mine in _by_pic(answer)])


def statistics(answer: Answer, _: Given) -> Sequence[str]:
    """How a cache has served, of each PIC."""
    return [line for pic in answer["pics"] for line in (head(pic), *rows(_counters(pic)))]


def statistics_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return by_pic("ssl-cache-statistics", [(pic, named("ssl-cache", _counters(pic))) for pic in answer["pics"]])


def learned(answer: Answer, _: Given) -> Sequence[str]:
    """Whom sessions are passed on undecrypted for; ours, no device has it."""
    lines = ["Learned bypass (ours):"]
    for one in answer["entries"]:
        name = f" ({one['server_name']})" if one["server_name"] else ""
        lines.append(f"    {one['client'] or 'any'} -> {one['server']}/{one['port']}{name} {one['profile']} {one['cause']}, "
                     f"seen {one['count']}, {round(one['expires_in'])} seconds left")
    return [*lines, f"    Total entries: {len(answer['entries'])}"]


def cleared(answer: Answer, _: Given) -> Sequence[str]:
    """How many entries there were."""
    return [f"{answer['cleared']} entries cleared"]


def _by_pic(answer: Answer) -> list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    return [(pic, [one for one in answer["entries"] if (one["fpc"], one["pic"]) == (pic["fpc"], pic["pic"])])
            for pic in answer["pics"]]


def _entry(number: int, entry: Mapping[str, Any], given: Given) -> list[tuple[str, object]]:
    is_certificate, left = "cache-key" in entry, entry["expires-in"]
    known = {**entry, "status": f"Active: Time to expire {round(left)} seconds" if left > 0 else "Already Expired"}
    if not is_certificate:
        known["server-name-extn-len"] = len(entry["server-name-extn-name"])
    published = _CERTIFICATE if is_certificate else _SESSION
    ours = [name for name in known if name not in (*published, *_HIDDEN)]
    index = "cache-entry" if is_certificate else "hash-entry"
    facts = [(index, number), *((name, known[name]) for name in (*published, *ours))]
    return [(name, value) for name, value in facts if name in _SUMMARY] if given.get("kind") == "summary" else facts


def _counters(pic: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [(label, pic["counters"].get(name, 0)) for label, name in _COUNTERS]


_HIDDEN: Final = ("fpc", "pic", "expires-in", "term-profile-id")
