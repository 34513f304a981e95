"""The commands under `services ssl`, as one part of the tree."""

from nf.cli.operate import values
from nf.cli.operate.grammar import Ask, Given, Word
from nf.cli.operate.render import ssl_caches, ssl_profiles, ssl_proxy, ssl_session, system

_TERMINATION, _INITIATION = ("termination", "ssl-t", "towards clients"), ("initiation", "ssl-i", "towards servers")


def _counters(request: Given, *kinds: str) -> tuple[Word, ...]:
    return tuple(Word(kind, _KINDS[kind], end=Ask(request, ssl_proxy.counters, data=ssl_proxy.counters_data,
                                                  given={"kind": kind})) for kind in kinds)


_KINDS = {"all": "All of them", "errors": "Those of sessions that were dropped", "info": "Those of the others",
          "handshake": "Those of handshakes that succeeded"}


def _cache(name: str, help_text: str) -> Word:
    asked = f"{name}-cache"

    def shown(kind: str, text: str) -> Word:
        return Word(kind, text, end=Ask({"show": asked}, ssl_caches.entries, pages="entries",
                                        data=ssl_caches.entries_data, given={"kind": kind}))

    return Word(asked, help_text, children=(
        Word("entries", "What is kept", children=(
            shown("summary", "In brief"), shown("detail", "With everything that is known"))),
        Word("statistics", "Hits and misses", end=Ask(
            {"show": "cache-statistics", "cache": name}, ssl_caches.statistics, data=ssl_caches.statistics_data))))


def _leg(name: str, leg: str, where: str) -> Word:
    asked = {"show": "ssl-leg-profiles", "leg": leg}

    def one(kind: str, text: str) -> Word:
        return Word(kind, text, children=(
            Word("profile-name", "Name of the profile", value=values.name("<profile-name>"), key="profile", end=Ask(
                asked, ssl_profiles.leg_profile, data=ssl_profiles.leg_profile_data, given={"kind": kind})),))

    return Word(name, f"SSL {where}", children=(
        Word("counters", "Handshakes of sessions that are over", children=_counters(
            {"show": "ssl-handshakes", "leg": leg}, "all", "errors", "handshake")),
        Word("profile", "Profiles, and what they are made into", children=(
            Word("all", "Ids and names", end=Ask(asked, ssl_profiles.all_profiles, data=ssl_profiles.all_profiles_data)),
            one("brief", "In brief"), one("detail", "With everything")))))


_PROXY = Word("proxy", "SSL proxy", children=(
    Word("statistics", "Sessions by what the SSL proxy did with them", end=Ask(
        {"show": "ssl-proxy-statistics"}, ssl_proxy.statistics, data=ssl_proxy.statistics_data), options=(
            Word("logical-system", "Of a logical system (default: of all)", value=values.LOGICAL_SYSTEM, group="system"),
            Word("tenant", "Of a tenant", value=values.TENANT, key="logical-system", group="system"))),
    Word("counters", "Outcomes and reasons of sessions that are over",
         children=_counters({"show": "ssl-proxy-counters"}, "all", "errors", "info")),
    Word("status", "State of the SSL proxy",
         end=Ask({"show": "ssl-proxy-status"}, ssl_proxy.status, data=ssl_proxy.status_data)),
    Word("profile", "Profiles", children=(
        Word("all", "Ids and names", end=Ask(
            {"show": "ssl-proxy-profiles"}, ssl_profiles.all_profiles, data=ssl_profiles.all_profiles_data)),
        Word("profile-name", "One of them", value=values.PROFILE, key="profile", end=Ask(
            {"show": "ssl-proxy-profiles"}, ssl_profiles.proxy_profile, data=ssl_profiles.proxy_profile_data)))),
    Word("learned-bypass", "Sessions that are passed on as earlier ones have taught (ours)",
         end=Ask({"show": "learned-bypass"}, ssl_caches.learned)),
    _cache("certificate", "Forged certificates that are kept"),
    _cache("session", "Sessions with servers that are kept to be resumed")))

_CERTIFICATES = {"show": "ssl-certificates"}

SHOW_SSL = Word("ssl", "SSL services", children=(
    _PROXY, _leg(*_TERMINATION), _leg(*_INITIATION),
    Word("session", "TLS of sessions that the SSL proxy has to do with", end=Ask(
        {"show": "sessions"}, ssl_session.sessions, "filters", "sessions", data=ssl_session.sessions_data), children=(
        Word("", "", value=values.SESSION, key="session-id", end=Ask(
            {"show": "session-tls"}, ssl_session.session, data=ssl_session.session_data)),)),
    Word("certificate", "Own certificates and those of CA profiles", children=(
        Word("all", "Ids", end=Ask(_CERTIFICATES, ssl_profiles.certificates, data=ssl_profiles.certificates_data)),
        Word("brief", "A line for each", end=Ask(
            _CERTIFICATES, ssl_profiles.certificates_brief, data=ssl_profiles.certificates_data)),
        Word("detail", "Everything",
             end=Ask(_CERTIFICATES, ssl_profiles.certificates_detail, data=ssl_profiles.certificates_data),
             options=(Word("certificate-id", "One of them", value=values.CERTIFICATE),)))),
    Word("droplogs", "The last sessions that were dropped",
         end=Ask({"show": "ssl-droplogs"}, ssl_proxy.droplogs, data=ssl_proxy.droplogs_data))))


def _clear_cache(name: str, help_text: str, *, stale: bool) -> Word:
    cleared = {"clear": f"{name}-cache"}
    old = (Word("stale", "Only those that have expired", end=Ask({**cleared, "stale": True}, ssl_caches.cleared)),)
    return Word(f"{name}-cache", help_text, end=Ask(cleared, ssl_caches.cleared), children=(
        Word("statistics", "Hits and misses", end=Ask({"clear": "cache-statistics", "cache": name}, system.nothing)),
        *(old if stale else ())))


def _clear_leg(name: str, leg: str, where: str) -> Word:
    return Word(name, f"SSL {where}", children=(
        Word("counters", "Handshakes", end=Ask({"clear": "ssl-handshakes", "leg": leg}, system.nothing)),))


CLEAR_SSL = Word("ssl", "SSL services", children=(
    Word("proxy", "SSL proxy", children=(
        Word("statistics", "Counters of sessions", end=Ask({"clear": "ssl-proxy-statistics"}, system.nothing)),
        Word("counters", "Outcomes and reasons", end=Ask({"clear": "ssl-proxy-counters"}, system.nothing)),
        Word("learned-bypass", "What sessions have taught (ours)", end=Ask({"clear": "learned-bypass"}, ssl_caches.cleared)),
        _clear_cache("certificate", "Forged certificates", stale=False),
        _clear_cache("session", "Sessions with servers", stale=True))),
    _clear_leg(*_TERMINATION), _clear_leg(*_INITIATION),
    Word("droplogs", "Sessions that were dropped", end=Ask({"clear": "ssl-droplogs"}, system.nothing))))
