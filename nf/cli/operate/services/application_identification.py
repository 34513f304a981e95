"""`show services application-identification …`: the names are the grammar's, layouts are ours where none is published."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from nf.cli.operate import values
from nf.cli.operate.grammar import Answer, Ask, Given, OperatorError, Word
from nf.cli.operate.services import clear, show
from nf.protocols import applications
from nf.protocols.applications import PREFIX, Application

_NAME: Final = "application_identification"
_ENCRYPTED: Final = "ssl-encrypted-sessions"


def status(answer: Answer, _: Given) -> list[str]:
    """Whether it works, how far it looks, and which applications it knows."""
    options = answer["options"][0]
    return [f"Application identification status: {'Disabled' if options['off'] else 'Enabled'}",
            f"    Custom applications: {options['custom']}", f"    Inspection limit, TCP: {options['byte-limit']} bytes",
            f"    application-cache: {_on(options['on'])}, {options['timeout']} seconds", *version(answer, {})]


def cache(answer: Answer, _: Given) -> list[str]:
    """How the cache is configured, and what servers were found to speak."""
    options = answer["options"][0]
    lines = ["Application System Cache Configurations:", f"  application-cache: {_on(options['on'])}",
             f"    Cache lookup in security services: {_on(options['security'])}",
             f"    Cache lookup in miscellaneous services: {_on(options['others'])}",
             f"  cache-entry-timeout: {options['timeout']} seconds"]
    known = {(row["logical-system"], row["address"], row["port"]): row for row in answer["entries"]}
    for (system, address, port), row in sorted(known.items()):
        name = ":".join(filter(None, (_short(row["application"]), _short(row["nested-application"]))))
        lines += [f"Logical system name: {system}", f"IP address: {address:<40} Port: {port:<6} Protocol: TCP",
                  f"Application: {name:<39} Encrypted: {'Yes' if row['encrypted'] else 'No'}"]
    return lines


def counter(answer: Answer, _: Given) -> list[str]:
    """What was not found, and how the cache has served."""
    return _counters(answer, ("Unknown applications", "unknown"), ("Encrypted unknown applications", "unknown-encrypted"),
                     ("Cache hits", "hits"), ("Cache misses", "misses"))


def encrypted(answer: Answer, _: Given) -> list[str]:
    """Sessions in TLS, decrypted or not, and those of them in which nothing was found."""
    return _counters(answer, ("Encrypted sessions", "encrypted"), ("Encrypted unknown applications", "unknown-encrypted"))


def of_applications(answer: Answer, _: Given) -> list[str]:
    """Sessions that are over by their application."""
    return _table("Application", ((_short(name), row) for name, row in _summed(answer, lambda name: (name,)).items()))


def of_groups(answer: Answer, _: Given) -> list[str]:
    """The same by group."""
    known = applications.predefined()
    return _table("Application Group", _summed(answer, lambda name: known[name].groups if name in known else ()).items())


def summary(_: Answer, __: Given) -> list[str]:
    """Every predefined application in a line."""
    lines = [f"Application(s): {len(applications.predefined())}", f"{'Applications':<32}Risk  Category"]
    return lines + [f"{one.name:<32}{one.risk or '-':<6}{_class(one)}" for one in applications.predefined().values()]


def detail(answer: Answer, given: Given) -> list[str]:
    """One of them with everything, or all."""
    name = given.get("application")
    if name is None:
        return [line for one in applications.predefined() for line in detail(answer, {"application": one})]
    found = applications.predefined().get(str(name))
    if found is None:
        raise OperatorError(f"no predefined application {name}")
    facts = (("Application Name", found.name), ("Category", found.category or "N/A"),
             ("Sub-category", found.sub_category or "N/A"), ("Risk", str(found.risk or "N/A")),
             ("Characteristics", "; ".join(found.characteristics) or "N/A"), ("Groups", ", ".join(found.groups) or "none"),
             ("Servers", ", ".join(found.hosts) or "by its protocol"), ("ALPN", ", ".join(found.alpn) or "none"))
    return [f"{label}: {value}" for label, value in facts] + [""]


def groups(_: Answer, given: Given) -> list[str]:
    """The predefined groups, with their applications if asked for."""
    lines = [f"Application Group(s): {len(applications.groups())}"]
    for name, members in applications.groups().items():
        lines.append(name)
        lines += [f"    {member}" for member in sorted(members)] if given.get("kind") == "detail" else []
    return lines


def version(_: Answer, __: Given) -> list[str]:
    """Which table this is."""
    count = len(applications.predefined())
    return [f"Application package version: ours ({count} applications, {len(applications.groups())} groups)"]


def _summed(answer: Answer, keys: Any) -> dict[str, Mapping[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in answer["applications"]:
        for key in keys(one["application"]):
            row = rows.setdefault(key, {"sessions": 0, "bytes": 0, "encrypted": set()})
            row["sessions"] += one["sessions"]
            row["bytes"] += one["bytes"]
            row["encrypted"].add(one["encrypted"])
    return dict(sorted(rows.items()))


def _table(head: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    lines = [f"{head:>36}  Sessions      Kbytes  Encrypted"]
    for name, row in rows:
        encrypted = "Yes" if row["encrypted"] == {True} else "No" if row["encrypted"] == {False} else "Both"
        lines.append(f"{name:>36}{row['sessions']:>10}{row['bytes'] // 1024:>12}  {encrypted:>9}")
    return lines


def _counters(answer: Answer, *rows: tuple[str, str]) -> list[str]:
    return [f"    {'Counter type':<50}Value", *(f"    {label:<50}{answer[key]}" for label, key in rows)]


def _class(one: Application) -> str:
    return "/".join(filter(None, (one.category, one.sub_category))) or "-"


def _short(name: str) -> str:
    return name.removeprefix(PREFIX)


def _on(flag: bool) -> str:
    return "on" if flag else "off"


def _here(render: Any, kind: str = "") -> Ask:
    """What needs no device, but for being one."""
    return Ask({"show": "version"}, render, given={"kind": kind})


SHOW_SERVICES = (Word("application-identification", "Application identification", children=(
    Word("application-system-cache", "What servers were found to speak", end=show(_NAME, "cache", cache)),
    Word("status", "Whether it works, and how far it looks", end=show(_NAME, "cache", status)),
    Word("counter", "What was not found, and how the cache has served", end=show(_NAME, "counter", counter), children=(
        Word(_ENCRYPTED, "Of sessions in TLS alone", end=show(_NAME, "counter", encrypted)),)),
    Word("statistics", "Sessions that are over", children=(
        Word("applications", "By application", end=show(_NAME, "statistics", of_applications)),
        Word("application-groups", "By group", end=show(_NAME, "statistics", of_groups)))),
    Word("application", "Predefined applications", children=(
        Word("summary", "A line for each", end=_here(summary)),
        Word("detail", "Everything", end=_here(detail), children=(
            Word("", "", value=values.name("<application>"), key="application", local=True, end=_here(detail)),)))),
    Word("group", "Predefined groups", children=(
        Word("summary", "Their names", end=_here(groups)), Word("detail", "With applications", end=_here(groups, "detail")))),
    Word("version", "Which applications are known", end=_here(version)))),)
CLEAR_SERVICES = (Word("application-identification", "Application identification", children=(
    Word("application-system-cache", "What servers were found to speak",
         end=clear(_NAME, "cache", lambda answer, _: [f"{answer.get('cleared', 0)} entries cleared"])),
    Word("counter", "Counters", end=clear(_NAME, "counter", lambda *_: []), children=(
        Word(_ENCRYPTED, "Of sessions in TLS alone", end=clear(_NAME, "encrypted", lambda *_: [])),)),
    Word("statistics", "Sessions that are over", end=clear(_NAME, "statistics", lambda *_: [])))),)
