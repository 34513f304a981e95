"""What happens to the box, or is set on it, while `srxnf model run` plays a load: failures, flow settings, features."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from hwmodel import FlowSettings, Platform, Workload
    from hwmodel.failure import Failure
    from hwmodel.sessions import Sessions
    from nf.config import Configuration

_Kind = TypeVar("_Kind")
_FAILURE = re.compile(r"([^@]+)@(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")

FailOption = Annotated[list[str], typer.Option(
    "--fail-spu", help="SPU@S: that SPU (FPC0.PIC1, or its number) fails in second S; SPU@S-T: until T. More than once.")]
GracefulOption = Annotated[bool, typer.Option(
    "--graceful", help="A failed SPU takes only its own sessions with it; else the whole data plane is reset.")]
JunosOption = Annotated[Path | None, typer.Option(
    "--junos", help="Session limits, watermarks, services offload, screens and NAT as in this Junos configuration.")]
ScreenOption = Annotated[list[str], typer.Option("--screen", help="A screen that costs, such as syn-flood; more than once.")]
NatOption = Annotated[list[str], typer.Option("--nat", help="Sessions are translated: source, destination, static.")]
ClassicOption = Annotated[bool, typer.Option(
    "--classic-central-point", help="As before Junos 15.1X49-D30: it has a table of its own and a part in every session.")]


def failures(options: list[str], graceful: bool) -> "list[Failure]":
    """What `--fail-spu` asks for. Raises ModelError."""
    from hwmodel import ModelError
    from hwmodel.failure import Failure

    found = []
    for option in options:
        match = _FAILURE.fullmatch(option)
        at, back = (float(match[2]), float(match[3] or "inf")) if match else (0.0, 0.0)
        if match is None or back <= at:
            raise ModelError("", f"--fail-spu {option}", "expected SPU@S or SPU@S-T, seconds with S before T: FPC0.PIC1@4-8")
        found.append(Failure(match[1], at, back, graceful))
    if graceful and not found:
        raise ModelError("", "--graceful", "says how an SPU fails; expected --fail-spu as well")
    return found


def within(load: "Workload | Sessions", stops: "list[Failure]", fail_at: float | None) -> None:
    """Let nothing fail after the load has ended. Raises ModelError."""
    from hwmodel import ModelError

    for option, at in (*(("--fail-spu", stop.at) for stop in stops), ("--fail-at", fail_at or 0.0)):
        if at >= load.duration:
            raise ModelError("", f"{option}, second {at:g}", f"the load ends in second {load.duration:g}")


def configured(
    platform: "Platform", junos: Path | None, screens: list[str], nat: list[str], classic: bool
) -> "tuple[Platform, FlowSettings]":
    """The platform with screens and translation of every session, and flow settings. Raises ModelError, OSError."""
    from dataclasses import replace

    from hwmodel import FlowSettings
    from hwmodel.platform.features import Nat, Screen, with_features

    kinds = set(_named("--nat", nat, {kind.value: kind for kind in Nat}))
    counting = set(_named("--screen", screens, {screen.value: screen for screen in Screen}))
    flow = FlowSettings()
    if junos is not None:
        read = _configuration(junos)
        flow = read.flow.without_zones()
        kinds, counting = kinds | set(read.features.rules), counting | set(read.features.screens)
    dearer = with_features(platform, rules=kinds, hits=kinds, screens=counting, classic=classic)
    return dearer, replace(flow, classic_central_point=classic)


def _configuration(junos: Path) -> "Configuration":
    from hwmodel import ModelError
    from nf import config

    try:
        return config.load(junos.read_text("utf-8"), str(junos))
    except config.ConfigError as mistake:
        raise ModelError("", "", str(mistake)) from None
    except UnicodeDecodeError:
        raise ModelError(str(junos), "", "not a text file; expected a Junos configuration") from None


def _named(option: str, names: list[str], known: dict[str, _Kind]) -> list[_Kind]:
    from hwmodel import ModelError

    for name in names:
        if name not in known:
            raise ModelError("", f"{option} {name}", f"expected one of {', '.join(known)}")
    return [known[name] for name in names]
