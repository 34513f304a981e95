"""`srxnf nf`: the transparent network function on the interfaces of this network namespace."""

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
from nf.cli.inputs import fail, read_device, read_release


def nf(
    config: Config,
    pki: PkiDirectory,
    interface: Annotated[list[str], typer.Option(
        metavar="DEVICE=IFL", help="Network device and the logical interface that it is, such as eth0=ge-0/0/0.0; "
                                   "given once for each.")],
    spus: Spus = 2,
    platform: PlatformName = "",
    log: Logs = None,
    log_size: LogSize = "100m",
    log_files: LogFiles = 3,
    control: Control = None,
    key_log: KeyLog = None,
    junos_release: JunosRelease = "24.4",
) -> None:
    """Take over what the switch diverts here, both ways, with the clients' own addresses. Needs root.

    It sets addresses, routes, neighbours and an nftables table in its network namespace, and takes them away at the end.

    Example: srxnf nf --config srx.conf --pki pki --interface eth0=ge-0/0/0.0 --interface eth1=ge-0/0/1.0
    """
    from nf.dataplane import launch

    try:
        options = launch.options(spus, platform, log, control, log_size, log_files, key_log)
        launch.run_nf(partial(read_device, config, pki, read_release(junos_release)), options,
                      dict(map(_device, interface)))
    except launch.FAILURES as error:
        fail(launch.describe(error))


def _device(text: str) -> tuple[str, str]:
    device, equals, name = text.partition("=")
    if not (device and equals and name):
        fail(f"--interface {text}: expected DEVICE=IFL, such as eth0=ge-0/0/0.0")
    return device, name
