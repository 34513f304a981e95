"""The options of a device, the same for every command that has them."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Config: TypeAlias = Annotated[Path, typer.Option(metavar="FILE", help="Junos configuration.")]
PkiDirectory: TypeAlias = Annotated[Path, typer.Option(metavar="DIR", help="PKI directory, made by `srxnf pki init`.")]
Spus: TypeAlias = Annotated[int, typer.Option(metavar="N", help="SPU worker processes.")]
PlatformName: TypeAlias = Annotated[str, typer.Option(metavar="P", help="Hardware to emulate; see `srxnf model list`.")]
Logs: TypeAlias = Annotated[list[Path] | None, typer.Option(
    metavar="FILE", help="Log file, may be given again; *.jsonl holds JSON lines. Default: standard output.")]
LogSize: TypeAlias = Annotated[str, typer.Option(metavar="SIZE", help="A log file is turned over at this size.")]
LogFiles: TypeAlias = Annotated[int, typer.Option(metavar="M", help="Log files kept, the present one among them.")]
KeyLog: TypeAlias = Annotated[Path | None, typer.Option(
    metavar="FILE", help="Write the keys of all decrypted sessions there, for Wireshark; whoever reads it reads them.")]
JunosRelease: TypeAlias = Annotated[str, typer.Option(
    metavar="RELEASE", help="Junos release to be like: 15.1, the oldest worth it, has no TLS 1.3 and no renegotiation.")]
Control: TypeAlias = Annotated[Path | None, typer.Option(metavar="SOCKET", help="Control socket for `srxnf cli`.")]
