"""`show services ssl … profile` and `show services ssl certificate`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given
from nf.cli.operate.render.ssl_form import by_pic, found, head, named, rows, text

_BRIEF: Final = ("profile", "allow-non-ssl-sess", "preferred-ciphers", "nof-url-categories-conf")


def all_profiles(answer: Answer, _: Given) -> Sequence[str]:
    """Ids and names, of each PIC: every PIC knows all of them."""
    listed = [f"    {one['id']:<8}{one.get('name') or one['profile']}" for one in answer["profiles"]]
    return [line for pic in answer["pics"] for line in (head(pic), f"    {'Id':<8}Name", *listed)]


def all_profiles_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    listed = [{"ssl-profile-id": one["id"], "ssl-profile-name": one.get("name") or one["profile"]}
              for one in answer["profiles"]]
    return by_pic("ssl-profile", [(pic, {"ssl-profile-entry": listed}) for pic in answer["pics"]])


def proxy_profile(answer: Answer, _: Given) -> Sequence[str]:
    """One profile of the SSL proxy."""
    return rows(_proxy(answer["profiles"][0]))


def proxy_profile_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return {"ssl-profile-detail": named("ssl-profile", _proxy(answer["profiles"][0]))}


def leg_profile(answer: Answer, given: Given) -> Sequence[str]:
    """One profile of one end, `brief` or with everything and what became of the end's handshakes."""
    return rows(_leg(answer, given))


def leg_profile_data(answer: Answer, given: Given) -> Mapping[str, Any]:
    """The same under the names of Junos's XML."""
    return {"ssl-profile-detail": named("ssl-profile", _leg(answer, given))}


def certificates(answer: Answer, _: Given) -> Sequence[str]:
    """The ids alone."""
    return list(dict.fromkeys(one["cert-id"] for one in answer["certificates"]))


def certificates_brief(answer: Answer, _: Given) -> Sequence[str]:
    """A line for each."""
    return [f"{one['cert-id']:<32}{one['cert-type']:<12}{one['subject']}" for one in answer["certificates"]]


def certificates_detail(answer: Answer, _: Given) -> Sequence[str]:
    """Everything."""
    lines: list[str] = []
    for one in found(answer["certificates"], "certificates"):
        lines += [*rows(_certificate(one)), ""]
    return lines[:-1]


def certificates_data(answer: Answer, _: Given) -> Mapping[str, Any]:
    """The same as data."""
    return {"ssl-certificate": [dict(_certificate(one)) for one in answer["certificates"]]}


def _proxy(one: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [("profile", one["name"]), ("trace", one["trace"]), ("root-ca", _true(one["root-ca"])),
            ("allow-non-ssl-session", _true(one["allow-non-ssl-session"])),
            ("termination-profile-id", one["termination-profile-id"]),
            ("initiation-profile-id", one["initiation-profile-id"]),
            ("nof-whitelist-entries", one["nof-whitelist-entries"]),
            ("supported-protocol-version", one["supported-protocol-version"])]


def _leg(answer: Answer, given: Given) -> list[tuple[str, object]]:
    facts = {name: value for name, value in answer["profiles"][0].items() if name != "id"}
    if given.get("kind") == "brief":
        return [(name, facts[name]) for name in _BRIEF]
    return [*facts.items(), *answer["counters"].items()]


def _certificate(one: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [(name, _SHAPES.get(name, str)(one[name])) for name in _CERTIFICATE if one.get(name) is not None]


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%a %m/%d/%Y %I:%M:%S %p}"


def _hexadecimal(digits: str) -> str:
    return " ".join(digits[at:at + 2] for at in range(0, len(digits), 2))


def _true(value: bool) -> str:
    return "true" if value else "false"


_CERTIFICATE: Final = ("cert-id", "cert-type", "issuer", "subject", "validity-not-before", "validity-not-after",
                       "public-key-algorithm", "cert-modify-time", "key-modify-time", "version", "serial-number",
                       "signature-algorithm", "crl-present", "crl-check", "crl-download-failed",
                       "crl-check-on-download-failed")
_SHAPES: Final[Mapping[str, Callable[[Any], str]]] = {
    "validity-not-before": _time, "validity-not-after": _time, "cert-modify-time": _time, "key-modify-time": _time,
    "serial-number": _hexadecimal, **dict.fromkeys(
        ("crl-present", "crl-check", "crl-download-failed", "crl-check-on-download-failed"), text)}
