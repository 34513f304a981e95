"""`srxnf nf`: the transparent network function on the interfaces of this network namespace."""

from typing import Annotated

import typer

from nf.cli.device_options import Device, runs_a_device
from nf.cli.inputs import fail


@runs_a_device
def nf(
    device: Device,
    interface: Annotated[list[str], typer.Option(
        metavar="DEVICE=IFL", help="Network device and the logical interface that it is, such as eth0=ge-0/0/0.0; "
                                   "given once for each.")],
    node: Annotated[int | None, typer.Option(
        metavar="0|1", min=0, max=1, help="This one's number in a chassis cluster of two; goes with --fabric.")] = None,
    fabric: Annotated[str, typer.Option(
        metavar="DEVICE", help="Network device that leads to the cluster's other node, and to nobody else.")] = "",
    cluster_id: Annotated[int, typer.Option(
        metavar="N", min=1, max=255, help="Number of the chassis cluster, the same on both nodes.")] = 1,
) -> None:
    """Take over what the switch diverts here, both ways, with the clients' own addresses. Needs root.

    It sets addresses, routes, neighbours and an nftables table in its network namespace, and takes them away at the end.

    Example: srxnf nf --config srx.conf --pki pki --interface eth0=ge-0/0/0.0 --interface eth1=ge-0/0/1.0
    """
    from nf.dataplane import launch
    from nf.dataplane.cluster import Membership

    if (node is None) is not (not fabric):
        fail("--node and --fabric go together: a node of a chassis cluster, and the device that leads to the other one")
    membership = None if node is None else Membership(node, cluster_id, fabric)
    launch.run_nf(device.read, device.options, dict(map(_pair, interface)), membership)


def _pair(text: str) -> tuple[str, str]:
    device, equals, name = text.partition("=")
    if not (device and equals and name):
        fail(f"--interface {text}: expected DEVICE=IFL, such as eth0=ge-0/0/0.0")
    return device, name
