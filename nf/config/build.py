"""The tree of statements to one Configuration: each area is built by its own module; here they meet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nf.config.build_applications import applications
from nf.config.build_books import address_books
from nf.config.build_logging import app_tracking, security_log
from nf.config.build_objects import tcp_session, url_categories
from nf.config.build_pki import ca_profiles
from nf.config.build_policies import Policies, Written
from nf.config.build_ssl import Profiles, default_profile, global_config
from nf.config.build_zones import zone_map
from nf.config.canonical import digest
from nf.config.configuration import Configuration, LogicalSystem
from nf.config.coverage import note_coverage
from nf.config.effects import without_effect
from nf.config.errors import Findings
from nf.config.extensions import check_extensions
from nf.config.shadows import note_shadows
from nf.config.tree import Statement, ends
from nf.config.usage import check_counts, note_usage
from nf.policy.policies import PolicyTable
from nf.policy.profile import InitiationProfile, SslProxyProfile
from nf.policy.zones import ZoneMap

_AS_WRITTEN = (  # the grammar's spelling, the operator's
    ("interfaces interface ", "interfaces "),
    ("security policies policy policy ", "security policies policy "),
)


@dataclass(frozen=True, slots=True)
class _Domain:
    """What the box, a logical system and a tenant each have of their own."""

    root: Statement
    zones: ZoneMap
    profiles: Mapping[str, SslProxyProfile]  # those that its policies may name
    default_profile: str | None
    initiation_profiles: Mapping[str, InitiationProfile]
    written: tuple[Written, ...]
    policies: PolicyTable


def _named(domains: Mapping[str, _Domain], kind: Literal["logical-system", "tenant"]) -> dict[str, LogicalSystem]:
    return {name: LogicalSystem(name, kind, domain.zones, domain.policies, domain.profiles, domain.default_profile)
            for name, domain in domains.items()}


def build(root: Statement, findings: Findings) -> Configuration:
    """What the statements mean; raises ConfigError with every mistake found, names that lead nowhere included."""
    check_extensions(root, findings)
    check_counts(root, findings)
    cas, categories = ca_profiles(root), url_categories(root, findings)
    box = _domain(root, cas, {}, findings)
    inner = {kind: {entry.name: _domain(entry, cas, box.profiles, findings) for entry in root.all(kind)}
             for kind in ("logical-systems", "tenants")}
    logs = security_log(root, box.initiation_profiles, findings)
    findings.raise_errors()
    tracking = app_tracking(root)
    for domain in (box, *inner["logical-systems"].values(), *inner["tenants"].values()):
        _note(domain, findings, tracked=not tracking.disable)
    note_without_effect(root, findings)
    configuration = Configuration(
        host_name=root.value("system", "host-name") or Configuration().host_name,
        zone_map=box.zones,
        policies=box.policies,
        ssl_profiles=box.profiles,
        default_ssl_profile=box.default_profile,
        ssl_global=global_config(root),
        initiation_profiles=box.initiation_profiles,
        ca_profiles=cas,
        app_tracking=tracking,
        security_log=logs,
        tcp_session=tcp_session(root),
        url_categories=categories,
        logical_systems=_named(inner["logical-systems"], "logical-system"),
        tenants=_named(inner["tenants"], "tenant"),
        warnings=findings.all_remarks())
    return replace(configuration, digest=digest(configuration))


def _domain(root: Statement, cas: Mapping[str, object], shared: Mapping[str, SslProxyProfile],
            findings: Findings) -> _Domain:
    zones, books = zone_map(root, findings), address_books(root, findings)
    categories = {entry.name for entry in root.entries("security", "utm", "custom-objects", "custom-url-category")}
    makes = Profiles(books, cas, categories, findings)
    profiles, initiation = {**shared, **makes.all(root)}, makes.initiation(root)
    policies = Policies(zones.zones, books, applications(root, findings), profiles, findings)
    written = tuple(policies.written(root))
    table = PolicyTable(tuple(each.policy for each in written), policies.default(root))
    return _Domain(root, zones, profiles, default_profile(root, profiles, findings), initiation, written, table)


def _note(domain: _Domain, findings: Findings, *, tracked: bool) -> None:
    """Remarks on one domain's policies and zones; a logical system is remarked on as a whole besides."""
    note_coverage(domain.written, domain.zones.zones.values() if tracked else (), findings)
    note_shadows(domain.written, findings)
    note_usage(domain.root, domain.zones, domain.written, findings)
    if domain.root.word is not None:
        findings.unheed(domain.root, domain.root.word.path)


def note_without_effect(root: Statement, findings: Findings) -> None:
    """Count every statement that Junos knows and that changes nothing here."""
    for statement in ends(root):
        kind = without_effect(statement.word.path) if statement.word else None
        if kind is not None:
            for ours, written in _AS_WRITTEN:
                kind = kind.replace(ours, written, 1) if kind.startswith(ours) else kind
            findings.unheed(statement, kind)
