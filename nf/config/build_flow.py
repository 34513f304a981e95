"""Statements under `security flow`, `security forwarding-options` and `security screen` to what the chassis goes by."""

from hwmodel import FlowSettings, SessionLimit
from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.screens import Screen
from nf.policy.systems import Systems


def screens(root: Statement) -> dict[str, Screen]:
    """The screens of a system by their names."""
    return {entry.name: Screen(entry.name, SessionLimit(_limit(entry, "source"), _limit(entry, "destination"),
                                                        drops=not entry.has("alarm-without-drop")))
            for entry in root.entries("security", "screen", "ids-option")}


def _limit(screen: Statement, end: str) -> int | None:
    """Written in either way; the lower one holds where both are."""
    words = (f"{end}-ip-based",), (f"by-{end}", "maximum-sessions")
    numbers = (screen.number("limit-session", *path) for path in words)
    return min((number for number in numbers if number is not None), default=None)


def flow_settings(root: Statement, systems: Systems) -> FlowSettings:
    """How the box ages, limits and offloads sessions; without `drop-flow` no denied flow is remembered."""
    standard = FlowSettings()
    high = _number(root, standard.high_watermark, "aging", "high-watermark")
    low = _number(root, standard.low_watermark, "aging", "low-watermark")
    dropping = root.has("security", "flow", "drop-flow")
    return FlowSettings(
        high_watermark=high, low_watermark=low, early_ageout=_early_ageout(root, standard.early_ageout),
        drop_flow_percent=_number(root, standard.drop_flow_percent, "drop-flow", "max-sessions") if dropping else 0.0,
        drop_flow_timeout=_number(root, standard.drop_flow_timeout, "drop-flow", "timeout"),
        services_offload=not root.has("security", "forwarding-options", "services-offload", "disable"),
        zone_limits=_zone_limits(systems),
        session_affinity=root.has("security", "flow", "load-distribution", "session-affinity", "ipsec"))


def _number(root: Statement, standard: float, *path: str) -> float:
    found = root.number("security", "flow", *path)
    return standard if found is None else float(found)


def _early_ageout(root: Statement, standard: float) -> float:
    """The newer statement goes before the one that it stands for."""
    newer = root.number("security", "flow", "aging", "early-aging", "defaults", "cutoff-time", "seconds")
    return _number(root, standard, "aging", "early-ageout") if newer is None else float(newer)


def _zone_limits(systems: Systems) -> dict[str, SessionLimit]:
    zones = systems.overview.zones
    return {name: zone.screen.limit for name, zone in zones.items() if zone.screen is not None and zone.screen.limits}


def note_flow(root: Statement, settings: FlowSettings, findings: Findings) -> None:
    """Remark on what is stated and cannot come to pass."""
    aging, high, low = root.one("security", "flow", "aging"), settings.high_watermark, settings.low_watermark
    if aging is not None and low > high:
        findings.remark(aging, "security flow aging", f"low-watermark {low:g} above high-watermark {high:g}: "
                                                      "early ageout ends as soon as it begins")
    waiting = root.one("security", "flow", "tcp-session", "time-wait-state")
    if waiting is not None and not waiting.has("apply-to-half-close-state"):
        findings.remark(waiting, "security flow tcp-session time-wait-state",
                        "sessions end with the second FIN here: no effect without apply-to-half-close-state")
