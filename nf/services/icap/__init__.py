"""ICAP service redirect: HTTP messages of decrypted and plain sessions are judged, or replaced, by ICAP servers (RFC 3507).

A session has a `redirect` with a `lane` for each direction; a lane's message has its `turn`, and that an `exchange` with
one server after the other: `dialogue`s, which are an inquiry (OPTIONS) or a `call` (REQMOD, RESPMOD). What all sessions of
a worker know of servers is their `standing`.
"""

from collections.abc import Mapping
from time import monotonic
from typing import Any

from nf.policy.icap import IcapProfile
from nf.policy.icap import IcapRedirect as Profiles
from nf.policy.systems import Systems
from nf.services import Attachment
from nf.services.icap.redirect import IcapRedirect
from nf.services.icap.standing import Standing

_STATEMENT = "icap-redirect"


class IcapRedirects:
    """Active where a policy names a profile of `services icap-redirect`."""

    def __init__(self, profiles: Mapping[str, IcapProfile] | None = None) -> None:
        self._profiles = profiles or {}
        self._standing = Standing()

    def prepare(self, systems: Systems) -> "IcapRedirects":
        """One that knows the profiles of all systems, for its reports; those of a logical system bear its name."""
        found: dict[str, IcapProfile] = {}
        for system in systems.all:
            built: Profiles | None = system.services.get("icap")
            for name, profile in (built.profiles if built is not None else {}).items():
                if profile not in found.values():
                    found[name if system.is_root else f"{system.name} {name}"] = profile
        return IcapRedirects(found)

    def attach(self, attachment: Attachment) -> IcapRedirect | None:
        """An instance for the session of such a policy."""
        name = attachment.asked(_STATEMENT)
        built: Profiles | None = attachment.system.services.get("icap")
        profile = built.profiles.get(name) if built is not None and name is not None else None
        if profile is None or not (profile.serving("REQMOD") or profile.serving("RESPMOD")):
            return None
        return IcapRedirect(profile, attachment.facts, self._standing)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """`statistic`, `status`, or `clear` for the former."""
        if word == "status":
            return {"servers": self._standing.status(self._profiles, monotonic())}
        counters = self._standing.statistics()
        if word == "clear":
            self._standing.counters.clear()
        return {"counters": counters}


SERVICE = IcapRedirects()
