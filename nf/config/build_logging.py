"""Statements under `security log` and `security application-tracking` to what is logged and where it goes."""

from collections.abc import Collection, Iterator

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.profile import AppTracking
from nf.policy.security_log import SYSLOG_PORT, SYSLOG_TLS_PORT, SecurityLog, SyslogStream


def app_tracking(root: Statement) -> AppTracking:
    """What AppTrack writes: when a message is asked for by name, only those that are."""
    asked = root.one("security", "application-tracking")
    if asked is None:
        return AppTracking()
    create, close = asked.has("log-session-create"), asked.has("log-session-close")
    every = not (create or close)
    return AppTracking(create or every, close or every, asked.has("disable"), asked.has("first-update"),
                       asked.number("first-update-interval"), asked.number("session-update-interval"),
                       asked.has("no-volume-updates"))


def security_log(root: Statement, tls_profiles: Collection[str], findings: Findings) -> SecurityLog:
    """Mode, format and streams; a stream takes format and source address from above where it has none."""
    log = root.one("security", "log")
    if log is None:
        return SecurityLog()
    for place in (log, *log.all("stream")):
        named = place.one("transport", "tls-profile")
        if named is not None and named.text not in tls_profiles:
            findings.wrong(named, named.text, "no such SSL initiation profile", tls_profiles)
    return SecurityLog(
        log.value("mode"), log.value("format"), tuple(_streams(log, findings)), log.value("source-address"),
        log.value("source-interface"), log.value("facility-override"), log.number("event-rate"),
        log.has("utc-timestamp"), log.has("disable"))


def _streams(log: Statement, findings: Findings) -> Iterator[SyslogStream]:
    for entry in log.all("stream"):
        host, file = entry.value("host", "ipaddr"), entry.value("file", "localfilename")
        if host is None and file is None:
            findings.remark(entry, f"security log stream {entry.name}", "goes nowhere: it has neither host nor file")
        transport = entry.value("transport", "protocol") or log.value("transport", "protocol") or "udp"
        yield SyslogStream(
            entry.name, host,
            entry.number("host", "port") or (SYSLOG_TLS_PORT if transport == "tls" else SYSLOG_PORT), transport,
            entry.value("transport", "tls-profile") or log.value("transport", "tls-profile"),
            entry.number("transport", "tcp-connections") or log.number("transport", "tcp-connections"),
            entry.value("severity"), _categories(entry),
            entry.value("format") or log.value("format"),
            entry.value("source-address") or log.value("source-address"),
            entry.value("host", "routing-instance"), entry.value("host", "log-tag"),
            entry.number("rate-limit", "rate"), file)


def _categories(entry: Statement) -> tuple[str, ...]:
    names = tuple(category.name for category in entry.all("category"))
    return () if "all" in names else names
