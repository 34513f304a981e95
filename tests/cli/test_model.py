import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hwmodel import available
from nf.cli.model import app

runner = CliRunner()


def run(*words: str) -> tuple[int, str, str]:
    result = runner.invoke(app, [*words])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def light(tmp_path: Path) -> str:
    path = tmp_path / "light.toml"
    path.write_text("arrival_rate = 20\nduration = 3\n", "utf-8")
    return str(path)


def test_list_names_every_platform_and_distribution() -> None:
    status, out, _ = run("list")
    assert status == 0
    assert all(name in out for name in (*available(), "hash_based"))
    status, out, _ = run("list", "--json")
    listed = json.loads(out)
    assert [entry["name"] for entry in listed["platforms"]] == list(available())
    assert "hash_based" in listed["distributions"]


def test_run_prints_a_table(light: str) -> None:
    status, out, _ = run("run", "--platform", "srx5400-2spc2", "--workload", light)
    assert status == 0
    assert out.startswith("srx5400-2spc2, hash_based, seed 0")
    assert "FPC1.PIC3" in out


def test_run_for_machines_is_repeatable(light: str) -> None:
    words = (
        "run",
        "--platform",
        "vsrx-2cpu",
        "--workload",
        light,
        "--distribution",
        "hash-based",
        "--seed",
        "5",
        "--json",
    )
    status, out, _ = run(*words)
    assert status == 0
    assert json.loads(out)["seed"] == 5
    assert run(*words)[1] == out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--platform", "srx9"), "error: srx9: unknown platform; available: "),
        (("--platform", "srx1600", "--distribution", "dice"), "error: dice: unknown distribution; available: "),
        (("--platform", "srx1600", "--workload", "absent.toml"), "error: absent.toml: No such file"),
        (("--platform", "./absent.toml"), "error: absent.toml: No such file"),
    ],
)
def test_a_mistake_is_one_line_and_a_failure(words: tuple[str, ...], complaint: str) -> None:
    status, out, err = run("run", *words)
    assert status == 1
    assert out == ""
    assert err.startswith(complaint)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["list", "run"])
def test_help_gives_an_example(command: str) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    assert f"Example: srxnf model {command}" in out
