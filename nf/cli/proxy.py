"""`srxnf proxy`: the engine on one address, without root, Open vSwitch or Mininet."""

from typing import Annotated

import typer

from nf.cli.device_options import Device, runs_a_device
from nf.cli.inputs import address_and_port
from nf.policy.systems import ROOT_LOGICAL_SYSTEM


@runs_a_device
def proxy(
    device: Device,
    listen: Annotated[str, typer.Option(metavar="IP:PORT", help="Where clients come to.")],
    connect: Annotated[str, typer.Option(metavar="IP:PORT", help="The server that every session goes to.")],
    from_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the clients.")] = "trust",
    to_zone: Annotated[str, typer.Option(metavar="ZONE", help="Security zone of the server.")] = "untrust",
    logical_system: Annotated[str, typer.Option(
        metavar="NAME", help="Logical system or tenant that the zones are of.")] = ROOT_LOGICAL_SYSTEM,
) -> None:
    """Intercept TLS between one address and one server, as the policies of a Junos configuration say.

    Example: srxnf proxy --config srx.conf --pki pki --listen 127.0.0.1:8443 --connect 192.0.2.7:443
    """
    from nf.dataplane import launch

    launch.run_proxy(device.read, device.options, address_and_port("--listen", listen), address_and_port("--connect", connect),
                     from_zone, to_zone, logical_system)
