"""The tree of statements to one Configuration: each area is built by its own module; here they meet."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from nf.config.build_cluster import chassis_cluster
from nf.config.build_features import features
from nf.config.build_flow import flow_settings, note_flow
from nf.config.build_logging import security_log
from nf.config.build_objects import tcp_session
from nf.config.build_pki import ca_profiles
from nf.config.build_ssl import global_config
from nf.config.build_systems import SYSTEMS, Domain, domains
from nf.config.build_tracing import note_tracing, tracing
from nf.config.canonical import digest
from nf.config.configuration import Configuration
from nf.config.coverage import note_coverage, note_limits, note_profile_conflicts
from nf.config.effects import without_effect, without_effect_in_system
from nf.config.errors import Findings
from nf.config.extensions import check_extensions
from nf.config.note_pki import note_ca_profiles
from nf.config.quic import note_quic
from nf.config.releases import check_release
from nf.config.shadows import note_shadows
from nf.config.tree import Statement, ends
from nf.config.usage import check_counts, note_usage
from nf.policy.release import NEWEST, Release
from nf.policy.systems import LogicalSystem, SystemKind, Systems

_AS_WRITTEN = (  # the grammar's spelling, the operator's
    ("interfaces interface ", "interfaces "),
    ("security policies policy policy ", "security policies policy "),
)


def build(root: Statement, findings: Findings, release: Release = NEWEST) -> Configuration:
    """What the statements mean; raises ConfigError with every mistake found, names that lead nowhere included."""
    check_extensions(root, findings)
    check_counts(root, findings)
    check_release(root, release, findings)
    cas = ca_profiles(root)
    box, *inner = domains(root, cas, findings, release)
    logs = security_log(root, box.initiation_profiles, findings)
    traced = tracing(root, findings)
    cluster = chassis_cluster(root, box.system.zone_map, findings)
    findings.raise_errors()
    for domain in (box, *inner):
        with findings.inside(domain.system.words):
            _note(domain, findings)
    note_tracing(root, traced, (one for domain in (box, *inner) for one in domain.system.ssl_profiles.values()), findings)
    note_ca_profiles(root, findings)
    note_without_effect(root, findings)
    flow = flow_settings(root, Systems(tuple(domain.system for domain in (box, *inner))))
    note_flow(root, flow, findings)
    configuration = Configuration(
        release=release,
        host_name=root.value("system", "host-name") or Configuration().host_name,
        zone_map=box.system.zone_map,
        policies=box.system.policies,
        ssl_profiles=box.system.ssl_profiles,
        default_ssl_profile=box.system.default_ssl_profile,
        ssl_global=global_config(root),
        initiation_profiles=box.initiation_profiles,
        ca_profiles=cas,
        app_tracking=box.system.app_tracking,
        security_log=logs,
        tcp_session=tcp_session(root),
        flow=flow,
        features=features(root),
        tracing=traced,
        cluster=cluster,
        url_categories=box.system.url_categories,
        services=box.system.services,
        logical_systems=_of_kind(inner, "logical-system"),
        tenants=_of_kind(inner, "tenant"),
        warnings=findings.all_remarks())
    return replace(configuration, digest=digest(configuration))


def _of_kind(inner: Iterable[Domain], kind: SystemKind) -> dict[str, LogicalSystem]:
    return {domain.system.name: domain.system for domain in inner if domain.system.kind == kind}


def _note(domain: Domain, findings: Findings) -> None:
    """Remarks on one system's policies and zones."""
    zones = domain.system.zone_map
    tracked = zones.zones.values() if not domain.system.app_tracking.disable else ()
    apbr = domain.system.services.get("apbr")
    note_coverage(domain.written, tracked, apbr.attached if apbr else (), findings)
    note_limits(domain.written, zones.zones.values(), findings)
    note_profile_conflicts(domain.written, domain.system.default_ssl_profile, findings)
    note_shadows(domain.written, findings)
    note_quic(domain.written, domain.system.policies.default, findings)
    note_usage(domain.root, zones, domain.written, findings)


def note_without_effect(root: Statement, findings: Findings) -> None:
    """Count every statement that Junos knows and that changes nothing here, or not in a logical system or tenant."""
    for statement, system in _ends(root):
        found = _box_alone if system else without_effect
        kind = found(statement.word.path) if statement.word else None
        if kind is not None:
            for ours, written in _AS_WRITTEN:
                kind = kind.replace(ours, written, 1) if kind.startswith(ours) else kind
            findings.unheed(statement, f"{system} {kind}".lstrip())


def _ends(root: Statement) -> Iterator[tuple[Statement, str]]:
    """What stands for itself, and the word of the systems' list that it is in, if any."""
    for (word, *_), child in root.children.items():
        system = word if word in SYSTEMS else ""
        yield from ((end, system) for end in ends(child))


def _box_alone(path: str) -> str | None:
    return without_effect(path) or without_effect_in_system(path)
