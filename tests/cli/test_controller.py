import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nf.cli.controller import controller

JUNOS = """set security zones security-zone trust interfaces ge-0/0/0.0
set security zones security-zone untrust interfaces ge-0/0/1.0
set security policies from-zone trust to-zone untrust policy web match source-address any destination-address any
set security policies from-zone trust to-zone untrust policy web match application junos-https
set security policies from-zone trust to-zone untrust policy web then permit
"""
TOPOLOGY = """switch = [{ name = "s1", dpid = 1, ports = { 1 = "ge-0/0/0.0", 2 = "ge-0/0/1.0" } }]
host = [{ name = "a", mac = "00:00:00:00:00:01", ip = "10.0.0.1", switch = "s1", port = 1 },
        { name = "b", mac = "00:00:00:00:00:02", ip = "10.0.0.2", switch = "s1", port = 2 }]
"""
PROGRAM = "import typer; from nf.cli.controller import controller; typer.run(controller)"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "srx.conf").write_text(JUNOS)
    (tmp_path / "net.toml").write_text(TOPOLOGY)
    return ["--config", str(tmp_path / "srx.conf"), "--topology", str(tmp_path / "net.toml")]


def invoke(*arguments: str):
    app = typer.Typer()
    app.command()(controller)
    return CliRunner().invoke(app, arguments)


def test_the_entries_are_printed_without_a_switch(arguments):
    result = invoke(*arguments, "--print-entries")
    assert result.exit_code == 0
    assert result.stdout.startswith("# switch s1, datapath id 1: ")
    entry = "tcp_dst=443,tcp_flags=0x2/0x12 actions=goto_table:6  # policy trust->untrust web: permitted"
    assert entry in result.stdout


@pytest.mark.parametrize(("file", "text", "message"), [
    ("srx.conf", JUNOS.replace("junos-https", "junos-httpx"), "srx.conf:4: 'junos-httpx'"),
    ("srx.conf", JUNOS + "set services ssl proxy profile p root-ca c\nset security policies from-zone trust to-zone "
     "untrust policy web then permit application-services ssl-proxy profile-name p\n",
     "net.toml: nf.legs: policy 'web' diverts traffic of zone 'trust', so interface 'ge-0/0/0.0' needs a leg"),
    ("net.toml", TOPOLOGY.replace("port = 2", "port = 3"), "net.toml: host[1].port: 3 is no edge port of 's1'"),
    ("net.toml", None, "net.toml: cannot be read: No such file or directory")])
def test_a_mistake_ends_with_one_line_and_status_1(arguments, tmp_path, file, text, message):
    (tmp_path / file).unlink()
    if text is not None:
        (tmp_path / file).write_text(text)
    result = invoke(*arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert result.output.count("\n") == 1


def test_an_address_that_is_not_ours_ends_with_one_line_and_status_1(arguments):
    result = invoke(*arguments, "--listen", "192.0.2.1:6653")
    assert (result.exit_code, result.output) == (
        1, "srxnf: cannot listen on 192.0.2.1:6653: Cannot assign requested address\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_says_when_it_is_ready_and_ends_on_a_signal(arguments, number):
    command = [sys.executable, "-c", PROGRAM, *arguments, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}) as program:
        assert program.stderr.readline().startswith("ready: OpenFlow 1.3 on 127.0.0.1:")
        program.send_signal(number)
        assert program.wait(20) == 0
        assert program.stderr.read() == ""


@pytest.mark.parametrize(("words", "message"), [
    ([], "expected --config and --topology, or --learning"),
    (["--config", "srx.conf"], "expected --config and --topology, or --learning"),
    (["--learning", "--config", "srx.conf"], "--learning goes with --topology and --listen alone"),
    (["--learning", "--topology", "none.toml"], "none.toml: cannot be read: No such file or directory"),
    (["--learning", "--listen", "6653"], "'6653': expected an address and a port")])
def test_what_does_not_go_together_is_one_line(words, message):
    result = invoke(*words)
    assert result.exit_code == 1
    assert message in result.output
