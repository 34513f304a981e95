"""The options of a device, the same for every command that runs one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from nf.cli.inputs import fail, read_device, read_release
from nf.dataplane.faults import EVERY_KIND

if TYPE_CHECKING:
    from nf.dataplane.assembly import Options, Source

JunosRelease: TypeAlias = Annotated[str, typer.Option(
    metavar="RELEASE", help="Junos release to be like: 15.1, the oldest worth it, has no TLS 1.3 and no renegotiation.")]


@dataclass(frozen=True, slots=True)
class Device:
    """What a device runs on and how, as the command line says."""

    read: "Callable[[], Source]"
    options: "Options"


def runs_a_device(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a device, which it gets as its first argument; what it cannot do ends it in one line."""
    common, own = signature(_device).parameters, list(signature(command).parameters.values())[1:]
    needed = [one for one in (*common.values(), *own) if one.default is one.empty]
    others = [one for one in (*own, *common.values()) if one.default is not one.empty]

    @wraps(command)
    def run(**given: object) -> None:
        from nf.dataplane import launch

        try:
            device = _device(**{name: given.pop(name) for name in common})  # type: ignore[arg-type]  # typer has read them
            command(device, **given)
        except launch.FAILURES as error:
            fail(launch.describe(error))

    run.__signature__ = signature(command).replace(parameters=[*needed, *others])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (*needed, *others)}
    return run


def _device(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Junos configuration.")],
    pki: Annotated[Path, typer.Option(metavar="DIR", help="PKI directory, made by `srxnf pki init`.")],
    spus: Annotated[int, typer.Option(metavar="N", help="SPU worker processes; as many as CPUs keep to one each.")] = 2,
    platform: Annotated[str, typer.Option(metavar="P", help="Hardware to emulate; see `srxnf model list`.")] = "",
    log: Annotated[list[Path] | None, typer.Option(
        metavar="FILE", help="Log file, may be given again; *.jsonl holds JSON lines. Default: standard output.")] = None,
    log_size: Annotated[str, typer.Option(metavar="SIZE", help="A log file is turned over at this size.")] = "100m",
    log_files: Annotated[int, typer.Option(metavar="M", help="Log files kept, the present one among them.")] = 3,
    control: Annotated[Path | None, typer.Option(metavar="SOCKET", help="Control socket for `srxnf cli`.")] = None,
    key_log: Annotated[Path | None, typer.Option(
        metavar="FILE",
        help="Write the keys of all decrypted sessions there, for Wireshark; whoever reads it reads them.")] = None,
    pcap: Annotated[Path | None, typer.Option(
        metavar="FILE", help="Write the plaintext of all decrypted sessions there as TCP without TLS (pcapng).")] = None,
    pcap_over_ip: Annotated[str, typer.Option(
        metavar="[IP:]PORT",
        help="Give the same to whoever connects there, Wireshark for one; without an address on the loopback alone.")] = "",
    fault: Annotated[list[str] | None, typer.Option(
        metavar="KIND[=VALUE]",
        help=f"Make something fail, to see what becomes of sessions; may be given again. {EVERY_KIND}.")] = None,
    junos_release: JunosRelease = "24.4",
) -> Device:
    from nf.dataplane import launch

    options = launch.options(spus, platform, log, control, log_size, log_files, key_log, fault, pcap, pcap_over_ip)
    return Device(partial(read_device, config, pki, read_release(junos_release)), options)
