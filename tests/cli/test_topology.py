"""`srxnf topology`: what it prints is what the controller reads."""

import pytest
import typer
from typer.testing import CliRunner

import topologies
from nf.cli.topology import topology
from nf.controller.topology_file import load


def invoke(spec: str):
    app = typer.Typer()
    app.command()(topology)
    return CliRunner().invoke(app, [spec])


@pytest.mark.parametrize("name", topologies.available())
def test_the_controller_reads_what_is_printed(name):
    fixed = name == "two_systems"
    result = invoke(name if fixed else f"{name},clients=3,servers=2")
    assert result.exit_code == 0
    network = load(result.stdout, name)
    assert len(network.hosts) == (4 if fixed else 5)
    assert {leg.interface for leg in network.legs()} >= {"ge-0/0/0.0", "ge-0/0/1.0"}
    assert set(network.routes(network.switches[0].name)) == {switch.name for switch in network.switches[1:]}


@pytest.mark.parametrize(("spec", "message"), [
    ("outline", "topology 'outline': there is none; available: cluster, inline"),
    ("inline,clients", "'clients': expected KEY=NUMBER, such as clients=3"),
    ("inline,clients=-1", "'clients=-1': expected KEY=NUMBER"),
    ("inline,routers=2", "topology 'inline': routers: expected clients or servers")])
def test_a_mistake_is_one_line(spec, message):
    result = invoke(spec)
    assert result.exit_code == 1
    assert message in result.output
