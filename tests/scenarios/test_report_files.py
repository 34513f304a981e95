"""The page on disk: beside what the lab left, whatever state that is in, and where `srxnf run --report` says."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import scenarios
from nf.cli.scenarios import run
from scenarios import launch, pcapng
from scenarios.messages import Done, Job
from scenarios.observe import ClientView, Observation
from scenarios.programs import LabError
from scenarios.report_files import write
from tests.scenarios.wire import Talk

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAGE = "report.html"
app = typer.Typer()
app.command()(run)


def leave_capture(directory: Path) -> None:
    """What a lab leaves that ended while a frame was being written."""
    frames = [pcapng.packet(it.frame, it.at, outbound=it.outbound) for it in Talk().packets]
    (directory / "srx1-eth0.pcapng").write_bytes(pcapng.header("srx1-eth0") + b"".join(frames) + frames[0][:20])


def observed(scenario: str) -> Observation:
    return Observation(scenario, "srx5400-2spc2", clients=(
        ClientView("through", "client1", 0, issuer="CN=A", local="10.0.0.1/4711"),))


def test_it_stands_beside_what_the_lab_left_and_does_not_list_itself(tmp_path: Path) -> None:
    scenario = scenarios.load("forward_proxy")
    leave_capture(tmp_path)
    (tmp_path / "nf.log").write_text("one line\n")
    (tmp_path / "empty.log").touch()
    done = Done(observed(scenario.name), ("something",))
    first = write(tmp_path, scenario, done, NOON, 1.0).read_text("utf-8")
    assert write(tmp_path, scenario, done, NOON, 1.0).read_text("utf-8") == first
    assert 'href="nf.log"' in first
    assert 'href="srx1-eth0.pcapng"' in first
    assert "empty.log" not in first
    assert "report.html" not in first
    assert "client1 → s1 → srx1-eth0: diverted, 1 attempt" in first


def test_what_is_no_capture_is_an_empty_one(tmp_path: Path) -> None:
    scenario = scenarios.load("forward_proxy")
    (tmp_path / "srx1-eth0.pcapng").write_bytes(b"no capture at all")
    page = write(tmp_path, scenario, Done(Observation("forward_proxy", "p"), ()), NOON, 1.0)
    assert "No connection came to the network function’s legs." in page.read_text("utf-8")


@pytest.fixture
def labs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Labs that need no network: each leaves a capture and one thing seen."""
    jobs: list[Job] = []

    def instead(job: Job, say: launch.Say, on_kept: launch.OnKept) -> Done:
        say("a step")
        jobs.append(job)
        if job.report:
            leave_capture(Path(job.report))
        return Done(observed(job.scenario.name), ())

    monkeypatch.setattr(launch, "obstacle", lambda command: None)
    monkeypatch.setattr(launch, "run", instead)
    return jobs


def test_a_run_with_a_report_captures_and_says_where_the_page_is(labs: list[Job], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["denied_by_policy", "--report", str(tmp_path)])
    page = tmp_path / "denied_by_policy" / PAGE
    assert labs[0].scenario.capture
    assert f"  report: {page}\n" in result.stdout
    assert "</html>" in page.read_text("utf-8")


def test_without_a_report_nothing_is_captured_or_written(labs: list[Job]) -> None:
    result = CliRunner().invoke(app, ["denied_by_policy"])
    assert not labs[0].scenario.capture
    assert "report" not in result.stdout


def test_with_json_stdout_is_one_document_and_progress_is_on_stderr(labs: list[Job], tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["forward_proxy", "denied_by_policy", "--json", "--report", str(tmp_path)])
    assert [entry["name"] for entry in json.loads(result.stdout)["scenarios"]] == ["forward_proxy", "denied_by_policy"]
    assert result.stderr == "forward_proxy: a step\ndenied_by_policy: a step\n"
    assert all((tmp_path / name / PAGE).exists() for name in ("forward_proxy", "denied_by_policy"))


def test_a_lab_that_breaks_down_leaves_what_others_have_shown(
        labs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    works = launch.run

    def breaks(job: Job, say: launch.Say, on_kept: launch.OnKept) -> Done:
        if job.scenario.name == "denied_by_policy":
            raise LabError("it broke down")
        return works(job, say, on_kept)

    monkeypatch.setattr(launch, "run", breaks)
    result = CliRunner().invoke(app, ["forward_proxy", "denied_by_policy", "--json"])
    assert [entry["name"] for entry in json.loads(result.stdout)["scenarios"]] == ["forward_proxy"]
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "srxnf: denied_by_policy: it broke down"


def test_a_directory_that_cannot_be_is_one_line(labs: list[Job], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(app, ["forward_proxy", "--report", str(tmp_path / "file")])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"srxnf: --report {tmp_path / 'file'}: Not a directory"
