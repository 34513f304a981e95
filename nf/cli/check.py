"""`srxnf check`: what a Junos configuration means here, what is wrong with it, and what has no effect."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nf.cli.check_pki import pki_findings
from nf.cli.device_options import JunosRelease
from nf.cli.inputs import read_release

if TYPE_CHECKING:
    from nf.config import ConfigError, Configuration
    from nf.policy.profile import SslProxyProfile
    from nf.policy.systems import LogicalSystem


class Form(StrEnum):
    """The two forms of Junos text."""

    SET = "set"
    CURLY = "curly"


def check(file: Annotated[Path, typer.Argument(help="Junos configuration, set or curly form")],
          json: Annotated[bool, typer.Option("--json", help="one JSON object instead of text")] = False,
          display: Annotated[Form | None, typer.Option(help="print the configuration itself in this form")] = None,
          expand: Annotated[bool, typer.Option("--expand", help="with --display: groups expanded")] = False,
          junos_release: JunosRelease = "24.4",
          pki: Annotated[Path | None, typer.Option(
              metavar="DIR", help="PKI directory: whether its certificates let every profile start.")] = None,
          ) -> None:
    """Check a configuration: errors with line and word, then what it says and which statements have no effect."""
    from nf.config import ConfigError, load, show

    if expand and display is None:
        raise typer.BadParameter("--expand shapes what --display prints: give --display set or --display curly")
    release, text = read_release(junos_release), _read(file)
    try:
        configuration = load(text, str(file), release)
        shown = show(text, str(file), display.value, expanded=expand) if display else None
    except ConfigError as error:
        errors = (error, *error.others)
        if json:
            _print_json({"file": str(file), "ok": False, "errors": [_error(each) for each in errors]})
        else:
            typer.echo("\n".join(map(str, errors)), err=True)
        raise typer.Exit(1) from None
    wrong, told = ([], []) if pki is None else pki_findings(configuration, pki)
    if json:
        text_shown = {} if shown is None else {"configuration": shown}
        held = {} if pki is None else {"pki": {"errors": wrong, "remarks": told}}
        _print_json({"file": str(file), "ok": not wrong} | _summary(configuration) | text_shown | held)
    elif shown is not None:
        typer.echo(shown, nl=False)
    else:
        _print_text(file, configuration)
        for line in told:
            typer.echo(f"remark: {line}")
        for line in wrong:
            typer.echo(line, err=True)
    if wrong:
        raise typer.Exit(1)


def _read(file: Path) -> str:
    """The text of a file; one that cannot be read ends the command with one line."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
        typer.echo(f"{file}: cannot be read: {reason}", err=True)
        raise typer.Exit(1) from None


def _print_json(record: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(record, indent=2))


def _error(error: "ConfigError") -> dict[str, Any]:
    return {"line": error.line, "word": error.word, "message": error.message, "suggestions": list(error.suggestions)}


def _summary(configuration: "Configuration") -> dict[str, Any]:
    return {
        "host_name": configuration.host_name,
        "digest": configuration.digest,
        "zones": {zone.name: {"interfaces": list(zone.interfaces), "application_tracking": zone.application_tracking}
                  for zone in configuration.zone_map.zones.values()},
        "policies": [{"name": policy.name, "from": list(policy.from_zones), "to": list(policy.to_zones),
                      "global": policy.is_global, "source": list(policy.source.names),
                      "destination": list(policy.destination.names), "application": list(policy.application.names),
                      "action": policy.action.value, "ssl_proxy": policy.services.ssl_proxy_profile,
                      "services": [name for name, _ in policy.services.others], "diverted": bool(policy.services),
                      "conditions": {word: list(names) for word, names in policy.conditions},
                      "fail_mode": policy.fail_mode.value}
                     for policy in configuration.policies.policies],
        "default_policy": configuration.policies.default.value,
        "junos_release": str(configuration.release),
        "ssl_profiles": {profile.name: {"kind": "forward" if profile.root_ca else "reverse", "grade": _grade(profile),
                                        "certificates": list(profile.root_ca or profile.server_certificate),
                                        "trusted_ca": list(profile.trusted_ca)}
                         for profile in configuration.ssl_profiles.values()},
        "default_ssl_profile": configuration.default_ssl_profile,
        "ca_profiles": list(configuration.ca_profiles),
        "url_categories": {name: list(category.patterns) for name, category in configuration.url_categories.items()},
        "log_streams": {stream.name: f"{stream.transport} {stream.host or stream.file} {stream.port}"
                        for stream in configuration.security_log.streams},
        "logical_systems": {name: _inner(system) for name, system in configuration.logical_systems.items()},
        "tenants": {name: _inner(system) for name, system in configuration.tenants.items()},
        "remarks": [{"line": remark.line, "statement": remark.statement, "message": remark.message}
                    for remark in configuration.warnings],
    }


def _grade(profile: "SslProxyProfile") -> str | None:
    """How good its TLS is, A to F; None for one that cannot start."""
    from nf.tls.grade import profile_grade
    from nf.tls.settings import tls_settings
    from nf.tls.suites import library

    settings = tls_settings(profile, library())
    return None if settings.problem else profile_grade(settings, authenticates=profile.authenticates).value


def _inner(system: "LogicalSystem") -> dict[str, Any]:
    return {"zones": list(system.zone_map.zones), "policies": [policy.name for policy in system.policies.policies],
            "ssl_profiles": list(system.ssl_profiles)}


def _print_text(file: Path, configuration: "Configuration") -> None:
    found = _summary(configuration)
    typer.echo(f"{file}: correct, digest {configuration.digest[:12]}")
    typer.echo(f"host-name     {configuration.host_name}")
    for name, zone in found["zones"].items():
        tracking = ", application-tracking" if zone["application_tracking"] else ""
        typer.echo(f"zone          {name}: {' '.join(zone['interfaces']) or 'no interfaces'}{tracking}")
    for policy in found["policies"]:
        pair = "global " if policy["global"] else ""
        pair += f"{' '.join(policy['from']) or 'any'} -> {' '.join(policy['to']) or 'any'}"
        typer.echo(f"policy        {pair}: {policy['name']}: {_treatment(policy)}")
    typer.echo(f"default       {found['default_policy']}")
    for name, profile in found["ssl_profiles"].items():
        typer.echo(f"ssl profile   {name}: {profile['kind']} proxy, {' '.join(profile['certificates'])}, "
                   f"{'grade ' + profile['grade'] if profile['grade'] else 'cannot start'}")
    for kind in ("logical_systems", "tenants"):
        for name, inner in found[kind].items():
            typer.echo(f"{kind[:-1].replace('_', '-'):<13} {name}: zones {' '.join(inner['zones']) or 'none'}, "
                       f"{len(inner['policies'])} policies")
    for remark in configuration.warnings:
        typer.echo(f"{remark.origin}:{remark.line}: remark: {remark.statement}: {remark.message}")


def _treatment(policy: dict[str, Any]) -> str:
    proxy = [f"ssl-proxy {policy['ssl_proxy']}"] if policy["ssl_proxy"] else []
    services = ", ".join(proxy + policy["services"])
    what = f"{' '.join(policy['application'])} {policy['action']}"
    return f"{what}, diverted: {services or 'ssl-proxy'}" if policy["diverted"] else what
