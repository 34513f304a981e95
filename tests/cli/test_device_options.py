"""Commands that run a device have its options beside their own; what is wrong with them is one line."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from nf.cli.device_options import Device, runs_a_device
from nf.cli.main import app
from nf.dataplane.assembly import DEFAULT_PLATFORM
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION

COMMON = ("--config", "--pki", "--spus", "--platform", "--log", "--log-size", "--log-files", "--control", "--key-log",
          "--junos-release")


@pytest.mark.parametrize(("command", "own"), [("proxy", "--listen"), ("nf", "--interface")])
def test_help_lists_them_all(command: str, own: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"]).stdout
    assert [option for option in (*COMMON, own) if option not in said] == []


def test_the_command_gets_what_the_words_mean(tmp_path: Path) -> None:
    got: list[tuple[Device, str]] = []

    @runs_a_device
    def command(device: Device, word: str = "none") -> None:
        got.append((device, word))

    LoopbackPki(tmp_path)
    config, only = tmp_path / "srx.conf", typer.Typer()
    config.write_text(CONFIGURATION, encoding="utf-8")
    only.command()(command)
    words = ["--config", str(config), "--pki", str(tmp_path / "pki")]
    result = CliRunner().invoke(only, [*words, "--spus", "3", "--log-size", "10k", "--word", "yes"], catch_exceptions=False)
    (device, word), = got
    assert (result.exit_code, word) == (0, "yes")
    assert (device.options.workers, device.options.platform, device.options.rotation.size) == (3, DEFAULT_PLATFORM, 10 << 10)
    assert device.read().configuration.host_name == "srx"


@pytest.mark.parametrize(("words", "said"), [
    (("--log-size", "1"), "srxnf: --log-size 1: expected bytes"), (("--junos-release", "9"), "srxnf: --junos-release"),
    ((), "No such file or directory")])
def test_what_is_wrong_is_one_line(words: tuple[str, ...], said: str) -> None:
    command = (str(Path(sys.executable).with_name("srxnf")), "proxy", "--config", "nowhere", "--pki", "nowhere",
               "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:9", *words)
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert said in result.stderr
