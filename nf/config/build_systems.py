"""The box, its logical systems and its tenants: the same areas are built for each, and each interface is in one of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nf.config.build_applications import applications
from nf.config.build_books import address_books
from nf.config.build_logging import app_tracking
from nf.config.build_objects import url_categories
from nf.config.build_policies import Policies, Written
from nf.config.build_ssl import Profiles, default_profile
from nf.config.build_zones import logical, zone_map
from nf.config.errors import Findings
from nf.config.services import Scope, application_identification, build_all
from nf.config.tree import Statement
from nf.policy.profile import InitiationProfile
from nf.policy.release import NEWEST, Release
from nf.policy.systems import ROOT_LOGICAL_SYSTEM, LogicalSystem, SystemKind
from nf.policy.zones import Interface

SYSTEMS: Mapping[str, SystemKind] = {"logical-systems": "logical-system", "tenants": "tenant"}
_EVERY_INTERFACE = "all"  # stands in a zone for what is in no other


@dataclass(frozen=True, slots=True)
class Domain:
    """A system, the statements that it comes from, and what those say that only remarks are made of."""

    root: Statement
    system: LogicalSystem
    written: tuple[Written, ...]
    initiation_profiles: Mapping[str, InitiationProfile]


def domains(root: Statement, cas: Mapping[str, object], findings: Findings, release: Release = NEWEST) -> list[Domain]:
    """The box first, then its logical systems, then its tenants; notes every mistake in them, under the system's name."""
    own = application_identification.names(root)
    box = _domain(root, LogicalSystem(), cas, findings, release, own)
    found = [box]
    for word, kind in SYSTEMS.items():
        for entry in root.all(word):
            if any(entry.name == other.system.name for other in found):
                findings.wrong(entry, entry.name, "another logical system or tenant has this name")
            shared = replace(box.system, name=entry.name, kind=kind)
            with findings.inside(shared.words):
                _check_services(entry, kind, findings)
                found.append(_domain(entry, shared, cas, findings, release, own))
    return _divided(found, findings)


def _domain(root: Statement, shared: LogicalSystem, cas: Mapping[str, object], findings: Findings, release: Release,
            own_applications: frozenset[str]) -> Domain:
    """A system's own areas; `shared` has its name and what of the box may be named in it."""
    zones, books = zone_map(root, findings), address_books(root, findings)
    categories = {**shared.url_categories, **url_categories(root, findings)}
    makes = Profiles(books, cas, categories, findings, release)
    own = makes.all(root)
    if not shared.is_root:
        own = {name: replace(profile, logical_system=shared.name) for name, profile in own.items()}
    profiles = {**shared.ssl_profiles, **own}
    policies = Policies(zones.zones, books, applications(root, findings), profiles, findings, categories,
                        own_applications, release)
    written = tuple(policies.written(root))
    tracked = shared.is_root or root.has("security", "application-tracking")
    system = replace(
        shared, zone_map=zones, ssl_profiles=profiles, url_categories=categories,
        policies=policies.table(root, written),
        default_ssl_profile=default_profile(root, profiles, findings),
        app_tracking=app_tracking(root) if tracked else shared.app_tracking)
    services = build_all(Scope(root, system, books, cas, findings, release))
    return Domain(root, replace(system, services=services), written, makes.initiation(root))


def _check_services(entry: Statement, kind: SystemKind, findings: Findings) -> None:
    ssl = entry.one("services", "ssl")
    if ssl is not None and kind == "tenant":
        findings.wrong(ssl, "ssl", "tenants have no 'services ssl', their policies name the profiles of the box")


def _divided(found: Sequence[Domain], findings: Findings) -> list[Domain]:
    """Each interface in one system: units of the box go to the system that names them, and no two may name one."""
    box = found[0].system.zone_map.interfaces
    holders = _holders([*found[1:], found[0]], box, findings)
    divided = []
    for domain in found:
        system, zones = domain.system, domain.system.zone_map
        units = zones.interfaces if system.is_root else {**box, **zones.interfaces}
        own = {name: unit for name, unit in units.items() if holders.get(name, ROOT_LOGICAL_SYSTEM) == system.name}
        divided.append(replace(domain, system=replace(system, zone_map=replace(zones, interfaces=own))))
    return divided


def _holders(found: Sequence[Domain], box: Mapping[str, Interface], findings: Findings) -> Mapping[str, str]:
    """The name of the system that each logical interface is in, by what the systems' statements claim."""
    holders: dict[str, str] = {}
    for domain in found:
        with findings.inside(domain.system.words):
            for name, at in _claims(domain):
                holder = holders.setdefault(name, domain.system.name)
                if holder != domain.system.name:
                    findings.wrong(at, at.name, f"interface {name} is already in {holder}")
                elif name in box and not domain.system.is_root and at.has("unit"):
                    findings.wrong(at, at.name, f"{name} is configured under interfaces of the box itself too")
    return holders


def _claims(domain: Domain) -> Iterator[tuple[str, Statement]]:
    """The logical interfaces that a system names: units of its own, and what stands in its zones.

    The box claims those in its zones alone, since a tenant's units, and in transparent mode all, are configured there.
    """
    for device in domain.root.entries("interfaces", "interface") if not domain.system.is_root else ():
        if "." in device.name:  # as a tenant names a unit of the box
            yield device.name, device
        for unit in device.all("unit"):
            yield f"{device.name}.{unit.name}", device
    for zone in domain.root.entries("security", "zones", "security-zone"):
        for interface in zone.all("interfaces"):
            if interface.name != _EVERY_INTERFACE:
                yield logical(interface.name), interface
