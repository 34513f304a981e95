"""`srxnf proxy`: the engine on one address, without root, Open vSwitch or Mininet."""

from functools import partial
from typing import Annotated

import typer

from nf.cli.device_options import (
    Config,
    Control,
    JunosRelease,
    KeyLog,
    LogFiles,
    Logs,
    LogSize,
    PkiDirectory,
    PlatformName,
    Spus,
)
from nf.cli.inputs import address_and_port, fail, read_device, read_release
from nf.policy.systems import ROOT_LOGICAL_SYSTEM


def proxy(
    config: Config,
    pki: PkiDirectory,
    listen: Annotated[str, typer.Option(metavar="IP:PORT", help="Where clients come to.")],
    connect: Annotated[str, typer.Option(metavar="IP:PORT", help="The server that every session goes to.")],
    from_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the clients.")] = "trust",
    to_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the server.")] = "untrust",
    logical_system: Annotated[str, typer.Option(
        metavar="NAME", help="Logical system or tenant that the zones are of.")] = ROOT_LOGICAL_SYSTEM,
    spus: Spus = 2,
    platform: PlatformName = "",
    log: Logs = None,
    log_size: LogSize = "100m",
    log_files: LogFiles = 3,
    control: Control = None,
    key_log: KeyLog = None,
    junos_release: JunosRelease = "24.4",
) -> None:
    """Intercept TLS between one address and one server, as the policies of a Junos configuration say.

    Example: srxnf proxy --config srx.conf --pki pki --listen 127.0.0.1:8443 --connect 192.0.2.7:443
    """
    from nf.dataplane import launch

    try:
        options = launch.options(spus, platform, log, control, log_size, log_files, key_log)
        launch.run_proxy(partial(read_device, config, pki, read_release(junos_release)), options,
                         address_and_port("--listen", listen), address_and_port("--connect", connect), from_zone, to_zone,
                         logical_system)
    except launch.FAILURES as error:
        fail(launch.describe(error))
