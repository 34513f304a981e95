"""`srxnf list` and `srxnf run`: what they print and the status they end with; real runs stand in tests/network."""

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import scenarios
import topologies
from nf.cli.scenarios import OPERATOR_ERROR, list_, run
from scenarios import launch
from scenarios.messages import Done, Job
from scenarios.observe import Observation

app = typer.Typer()
app.command("list")(list_)
app.command("run")(run)
cli = CliRunner()


def test_list_names_what_every_room_has() -> None:
    found = json.loads(cli.invoke(app, ["list", "--json"]).stdout)
    assert list(found) == ["scenarios", "topologies", "platforms", "distributions", "services"]
    assert set(found["scenarios"]) == set(scenarios.available())
    assert all(found.values())


def test_list_is_one_line_a_room() -> None:
    lines = cli.invoke(app, ["list"]).stdout.splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("topologies:")
    assert set(topologies.available()) == set(lines[1].removeprefix("topologies:").replace(",", "").split())


@pytest.mark.parametrize(("arguments", "said"), [
    (["run"], "srxnf: expected names of scenarios, or --all alone; available: "),
    (["run", "--all", "forward_proxy"], "srxnf: expected names of scenarios, or --all alone; available: "),
    (["run", "nowhere"], "srxnf: nowhere: no such scenario; available: "),
    (["run", "--all", "--keep"], "srxnf: --keep: expected one scenario"),
])
def test_an_operators_mistake_is_one_line_and_status_2(arguments: list[str], said: str) -> None:
    result = cli.invoke(app, arguments)
    assert result.exit_code == OPERATOR_ERROR
    assert result.stderr.startswith(said)
    assert result.stderr.count("\n") == 1


def test_without_root_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    result = cli.invoke(app, ["run", "forward_proxy"])
    assert result.exit_code == OPERATOR_ERROR
    assert result.stderr.startswith("srxnf: labs need root for network namespaces; run: sudo ")


@pytest.fixture
def differing(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Labs that need no network: each job is kept, and its observation is empty and lacks one thing."""
    jobs: list[Job] = []

    def instead(job: Job, say: launch.Say, on_kept: launch.OnKept) -> Done:
        say("a step")
        jobs.append(job)
        return Done(Observation(job.scenario.name, job.platform), () if job.platform == "good" else ("one thing lacks",))

    monkeypatch.setattr(launch, "obstacle", lambda command: None)
    monkeypatch.setattr(launch, "run", instead)
    return jobs


def test_a_difference_is_said_in_words_and_by_the_status(differing: list[Job]) -> None:
    result = cli.invoke(app, ["run", "forward_proxy"])
    assert result.exit_code == 1
    assert "forward_proxy: 1 difference from what is expected" in result.stdout
    assert "  - one thing lacks" in result.stdout
    assert result.stderr == "forward_proxy: a step\n"


def test_no_difference_is_status_0_and_the_platform_is_the_one_asked_for(differing: list[Job], tmp_path: Path) -> None:
    result = cli.invoke(app, ["run", "--all", "--platform", "good", "--report", str(tmp_path / "reports")])
    assert result.exit_code == 0
    assert [job.platform for job in differing] == ["good"] * len(scenarios.available())
    assert [job.report for job in differing] == [str(tmp_path / "reports" / name) for name in scenarios.available()]
    assert all(Path(job.report or "").is_dir() for job in differing)


def test_json_is_one_object_and_nothing_else(differing: list[Job]) -> None:
    result = cli.invoke(app, ["run", "forward_proxy", "denied_by_policy", "--json"])
    said = json.loads(result.stdout)["scenarios"]
    assert [(entry["name"], entry["ok"], entry["differences"]) for entry in said] == [
        ("forward_proxy", False, ["one thing lacks"]), ("denied_by_policy", False, ["one thing lacks"])]


def test_demo_tells_the_story(differing: list[Job]) -> None:
    lines = cli.invoke(app, ["run", "forward_proxy", "--demo", "--platform", "good"]).stdout.splitlines()
    assert lines[0] == scenarios.load("forward_proxy").title
    assert lines[-1].startswith("forward_proxy: as expected")
    assert len(lines) <= 40


def test_a_scenario_can_be_run_on_another_release(differing: list[Job]) -> None:
    cli.invoke(app, ["run", "forward_proxy", "seed_mode", "--junos-release", "20.4R3"])
    assert [job.scenario.junos_release for job in differing] == ["20.4", "20.4"]
    assert cli.invoke(app, ["run", "seed_mode"]).exit_code == 1
    assert differing[-1].scenario.junos_release == "15.1"


def test_a_release_that_there_never_was_is_an_operators_error(differing: list[Job]) -> None:
    result = cli.invoke(app, ["run", "forward_proxy", "--junos-release", "30.1"])
    assert result.exit_code == 2
    assert result.stderr == "srxnf: --junos-release 30.1: expected a Junos release from 12.1 to 24.4, such as 24.4\n"
    assert not differing
