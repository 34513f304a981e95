"""`srxnf proxy`: the engine on one address, without root, Open vSwitch or Mininet."""

from pathlib import Path
from typing import Annotated

import typer

from nf.cli.inputs import address_and_port, fail, read_with_text


def proxy(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Junos configuration.")],
    pki: Annotated[Path, typer.Option(metavar="DIR", help="PKI directory, made by `srxnf pki init`.")],
    listen: Annotated[str, typer.Option(metavar="IP:PORT", help="Where clients come to.")],
    connect: Annotated[str, typer.Option(metavar="IP:PORT", help="The server that every session goes to.")],
    from_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the clients.")] = "trust",
    to_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the server.")] = "untrust",
    spus: Annotated[int, typer.Option(metavar="N", help="SPU worker processes.")] = 2,
    platform: Annotated[str, typer.Option(metavar="P", help="Hardware to emulate; see `srxnf model list`.")] = "",
    log: Annotated[list[Path] | None, typer.Option(
        metavar="FILE", help="Log file, may be given again; *.jsonl holds JSON lines. Default: standard output.")] = None,
    log_size: Annotated[str, typer.Option(metavar="SIZE", help="A log file is turned over at this size.")] = "100m",
    log_files: Annotated[int, typer.Option(metavar="M", help="Log files kept, the present one among them.")] = 3,
    control: Annotated[Path | None, typer.Option(metavar="SOCKET", help="Control socket for `srxnf cli`.")] = None,
) -> None:
    """Intercept TLS between one address and one server, as the policies of a Junos configuration say.

    Example: srxnf proxy --config srx.conf --pki pki --listen 127.0.0.1:8443 --connect 192.0.2.7:443
    """
    from nf.dataplane import launch
    from nf.pki import PkiStore

    configuration, text = read_with_text(config)
    try:
        options = launch.options(spus, platform, log, control, text, log_size, log_files)
        launch.run_proxy(configuration, PkiStore.load(pki), options,
                         address_and_port("--listen", listen), address_and_port("--connect", connect), from_zone, to_zone)
    except launch.FAILURES as error:
        fail(launch.describe(error))
