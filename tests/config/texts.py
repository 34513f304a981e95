"""Configurations as nested statements, written out in either of Junos's forms; and a strategy that makes them up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Line:
    """The words of a statement, and the statements in its block."""

    words: str
    inner: tuple["Line", ...] = ()


def set_form(lines: Sequence[Line], above: str = "set") -> Iterator[str]:
    """One `set` line for each statement without a block."""
    for line in lines:
        if line.inner:
            yield from set_form(line.inner, f"{above} {line.words}")
        else:
            yield f"{above} {line.words}"


def curly_form(lines: Sequence[Line], indent: str = "") -> Iterator[str]:
    """Braces and semicolons, as `show configuration` prints them."""
    for line in lines:
        if line.inner:
            yield f"{indent}{line.words} {{"
            yield from curly_form(line.inner, indent + "    ")
            yield f"{indent}}}"
        else:
            yield f"{indent}{line.words};"


_NAME = st.from_regex(r"[a-z][a-z0-9_-]{0,7}", fullmatch=True).filter(lambda name: name not in {"any", "global", "set"})
_PREFIX = st.builds(lambda a, b, length: f"10.{a}.{b}.0/{length}", st.integers(0, 255), st.integers(0, 255),
                    st.integers(8, 32)) | st.just("2001:db8::/32")


@st.composite
def configurations(draw: st.DrawFn) -> tuple[Line, ...]:
    """A correct configuration: zones, a global book, custom applications, a forward profile, policies of both kinds."""
    zones = draw(st.lists(_NAME, min_size=1, max_size=3, unique=True))
    addresses = draw(st.dictionaries(_NAME, _PREFIX, min_size=1, max_size=4))
    ports = draw(st.dictionaries(_NAME.map("custom-".__add__), st.integers(1, 65535), max_size=3))
    applications = st.sampled_from(["any", "junos-https", "junos-http", *ports])
    policy = _policies(st.sampled_from(["any", *addresses]), applications)
    pairs = draw(st.lists(st.tuples(st.sampled_from(zones), st.sampled_from(zones)), max_size=3, unique=True))
    policies = [Line(f"from-zone {a} to-zone {b}", draw(policy)) for a, b in pairs]
    shared = draw(policy)
    return (
        Line("system", (Line(f"host-name {draw(_NAME)}"),)),
        *([Line("applications", tuple(_application(name, port) for name, port in ports.items()))] if ports else []),
        Line("security", (
            Line("pki", (Line("ca-profile lab", (Line("ca-identity lab"),)),)),
            Line("address-book global", tuple(Line(f"address {name} {prefix}") for name, prefix in addresses.items())),
            Line("zones", tuple(_zone(draw, name, index) for index, name in enumerate(zones))),
            Line("policies", (*policies, Line("global", shared))),
        )),
        Line("services", (Line("ssl", (Line("proxy", (Line("profile p", _profile(draw, list(addresses))),)),)),)),
    )


def _application(name: str, port: int) -> Line:
    return Line(f"application {name}", (Line("protocol tcp"), Line(f"destination-port {port}")))


def _zone(draw: st.DrawFn, name: str, index: int) -> Line:
    flags = draw(st.lists(st.sampled_from(["application-tracking", "tcp-rst"]), unique=True))
    return Line(f"security-zone {name}", (Line(f"interfaces ge-0/0/{index}.0"), *map(Line, flags)))


def _profile(draw: st.DrawFn, addresses: list[str]) -> tuple[Line, ...]:
    optional = [Line(f"whitelist {addresses[0]}"), Line("actions", (Line("log", (Line("errors"),)),)),
                Line('protocol-version "tls12"'), Line("apply-macro srxnf", (Line("fail-mode open"),))]
    return (Line("root-ca ca1"), Line("trusted-ca lab"), *draw(st.lists(st.sampled_from(optional), unique=True)))


@st.composite
def _policies(draw: st.DrawFn, addresses: st.SearchStrategy[str],
              applications: st.SearchStrategy[str]) -> tuple[Line, ...]:
    lines = []
    for name in draw(st.lists(_NAME, min_size=1, max_size=3, unique=True)):
        named = draw(st.lists(applications, min_size=1, max_size=3, unique=True))
        match = (Line(f"source-address {draw(addresses)}"), Line(f"destination-address [ {draw(addresses)} ]"),
                 Line(f"application [ {' '.join(named)} ]"))
        services = Line("application-services", (Line("ssl-proxy", (Line("profile-name p"),)), Line("idp")))
        action = draw(st.sampled_from([Line("permit"), Line("deny"), Line("reject"), Line("permit", (services,))]))
        both = Line("log", (Line("session-init"), Line("session-close")))
        log = draw(st.sampled_from([(), (both,), (Line("count"),)]))
        lines.append(Line(f"policy {name}", (Line("match", match), Line("then", (action, *log)))))
    return tuple(lines)
