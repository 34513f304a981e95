"""What one worker knows of ICAP servers: their options, whether they have answered lately, and what came of all messages."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from nf.policy.icap import IcapProfile, IcapServer
from nf.protocols.icap_options import Options

RECOVERY: Final = 10.0  # seconds for which a server that has failed comes after those that have not
_TTL: Final = 3600.0  # seconds that options hold for where the server does not say
_SHORTEST: Final = 1.0


@dataclass(slots=True)
class _Known:
    """Options, until when they hold, and until when somebody is asking for new ones."""

    options: Options
    until: float
    asking: float = 0.0


@dataclass(slots=True)
class Standing:
    """Shared by all sessions of a worker; `addresses` are of servers known by name, `counters` by profile, server and what."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    counters: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    credentialled: set[IcapServer] = field(default_factory=set)  # those that want them as a proxy does (407)
    _known: dict[tuple[IcapServer, str], _Known] = field(default_factory=dict)
    _failed: dict[IcapServer, tuple[float, str]] = field(default_factory=dict)

    def options(self, server: IcapServer, method: str, now: float) -> Options | None:
        """Options that may still be relied on; None where the caller is to ask for them.

        Of those that have run out one session asks anew, while others go on with what is known.
        """
        known = self._known.get((server, method))
        if known is None:
            return None
        if now >= known.until and now >= known.asking:
            known.asking = now + RECOVERY
            return None
        return known.options

    def learn(self, server: IcapServer, method: str, options: Options, now: float) -> None:
        """What a server has answered to OPTIONS."""
        ttl = _TTL if options.ttl is None else max(options.ttl, _SHORTEST)
        self._known[server, method] = _Known(options, now + ttl)

    def compare(self, server: IcapServer, method: str, istag: str) -> bool:
        """Whether the server is what it was (RFC 3507 §4.7); if not, what is known of it is forgotten."""
        known = self._known.get((server, method))
        if known is None or not istag or known.options.istag in {"", istag}:
            return True
        del self._known[server, method]
        return False

    def fail(self, server: IcapServer, why: str, now: float) -> None:
        """A server has not answered, or not as it should; its options are asked for again."""
        self._failed[server] = now + RECOVERY, why
        for method in ("REQMOD", "RESPMOD"):
            self._known.pop((server, method), None)

    def recover(self, server: IcapServer) -> None:
        """A server has answered."""
        self._failed.pop(server, None)

    def order(self, servers: tuple[IcapServer, ...], now: float) -> list[IcapServer]:
        """As configured, with those behind that have failed a short while ago."""
        return sorted(servers, key=lambda server: self._failed.get(server, (0.0, ""))[0] > now)

    def forget(self) -> None:
        """Ask for all options again, and take every server for one that has not failed."""
        self._known.clear()
        self._failed.clear()

    def statistics(self) -> dict[str, dict[str, dict[str, int]]]:
        """The counters by profile and server."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for (profile, server, what), count in self.counters.items():
            found.setdefault(profile, {}).setdefault(server, {})[what] = count
        return found

    def status(self, profiles: Mapping[str, IcapProfile], now: float) -> list[dict[str, Any]]:
        """Every server of these profiles as this worker sees it."""
        return [self._row(name, server, now) for name, profile in profiles.items() for server in profile.servers]

    def _row(self, profile: str, server: IcapServer, now: float) -> dict[str, Any]:
        until, why = self._failed.get(server, (0.0, ""))
        services = {method: known for method in ("REQMOD", "RESPMOD") if (known := self._known.get((server, method)))}
        state = "down" if until > now else "up" if services else "unknown"
        return {"profile": profile, "server": server.name, "address": server.authority, "tls": server.tls, "state": state,
                "failure": why if state == "down" else "",
                "services": [_service(method, known, now) for method, known in services.items()]}


def _service(method: str, known: _Known, now: float) -> dict[str, Any]:
    options = known.options
    return {"method": method, "istag": options.istag, "preview": options.preview, "allow": sorted(options.allow),
            "expires_in": max(0, round(known.until - now))}
