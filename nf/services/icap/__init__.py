"""ICAP service redirect: HTTP messages of decrypted and plain sessions are judged, or replaced, by ICAP servers (RFC 3507).

A session has a `redirect` with a `lane` for each direction; a lane's message has its `turn`, and that an `exchange` with
one server after the other: `dialogue`s, which are an inquiry (OPTIONS) or a `call` (REQMOD, RESPMOD). What all sessions of
a worker know of servers is their `standing`.
"""

import socket
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from time import monotonic
from typing import Any, ClassVar

from nf.policy.icap import IcapProfile
from nf.policy.icap import IcapRedirect as Profiles
from nf.policy.systems import Systems
from nf.services import Attachment
from nf.services.icap.redirect import IcapRedirect
from nf.services.icap.standing import Standing

_STATEMENT = "icap-redirect"


class IcapRedirects:
    """Active where a policy names a profile of `services icap-redirect`."""

    asked_by: ClassVar = (_STATEMENT,)

    def __init__(self, profiles: Mapping[str, IcapProfile] | None = None, addresses: Mapping[str, str] | None = None) -> None:
        self._profiles = profiles or {}
        self._standing = Standing(addresses or {})

    def prepare(self, systems: Systems) -> "IcapRedirects":
        """One that knows the servers' addresses, and for its reports the profiles of all systems."""
        profiles = _profiles(systems)
        return IcapRedirects(profiles, {host: address for host in _names(profiles) if (address := _resolved(host))})

    def notes(self, systems: Systems) -> Iterator[str]:
        """Servers whose names lead nowhere now; they are looked up again when the device starts or reloads."""
        for host in _names(_profiles(systems)):
            if _resolved(host) is None:
                yield f"services icap-redirect: server {host} has no address; messages for it take the fallback"

    def attach(self, attachment: Attachment) -> IcapRedirect | None:
        """An instance for the session of such a policy."""
        name = attachment.asked(_STATEMENT)
        built: Profiles | None = attachment.system.services.get("icap")
        profile = built.profiles.get(name) if built is not None and name is not None else None
        if profile is None or not (profile.serving("REQMOD") or profile.serving("RESPMOD")):
            return None
        return IcapRedirect(profile, attachment.facts, self._standing)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """`statistics`, `status`, and either with `clear` before it."""
        counters = self._standing.statistics()
        if word == "clear statistics":
            self._standing.counters.clear()
        elif word == "clear status":
            self._standing.forget()
        if word.endswith("status"):
            return {"servers": self._standing.status(self._profiles, monotonic())}
        return {"counters": counters}


def _profiles(systems: Systems) -> dict[str, IcapProfile]:
    """Those of the box by their names, those of logical systems with the system's name before it."""
    found: dict[str, IcapProfile] = {}
    for system in systems.all:
        built: Profiles | None = system.services.get("icap")
        for name, profile in (built.profiles if built is not None else {}).items():
            if profile not in found.values():
                found[name if system.is_root else f"{system.name} {name}"] = profile
    return found


def _names(profiles: Mapping[str, IcapProfile]) -> list[str]:
    """Hosts that are not addresses already."""
    hosts = {server.host for profile in profiles.values() for server in profile.servers}
    return [host for host in sorted(hosts) if not _is_address(host)]


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _resolved(host: str) -> str | None:
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError:
        return None


SERVICE = IcapRedirects()
