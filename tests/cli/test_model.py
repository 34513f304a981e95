import json
from pathlib import Path

import distributed
import pytest
from typer.testing import CliRunner

from hwmodel import available, distribution
from hwmodel.workload import available as workloads
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


def test_list_names_every_workload() -> None:
    assert all(name in run("list")[1] for name in workloads())
    assert set(json.loads(run("list", "--json")[1])["workloads"]) == set(workloads())


def test_describe_gives_every_figure_and_its_source() -> None:
    status, out, _ = run("describe", "srx1600", "--json")
    assert status == 0
    assert json.loads(out)["figures"]["costs.packet_us"]["kind"] == "derived"
    assert "7 of 16 figures are assumed" in run("describe", "srx1600")[1]
    assert run("describe", "srx9")[2].startswith("error: srx9: unknown platform")


def test_run_writes_what_it_is_asked_for(light: str, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("r.csv", "r.parquet", "r.html", "replay.html")]
    words = [word for pair in zip(("--csv", "--parquet", "--html", "--replay"), names, strict=True) for word in pair]
    status, out, _ = run("run", "--platform", "srx1600", "--workload", light, "--saturation", "--sensitivity", *words)
    assert status == 0
    assert "first limit reached: SPU CPU (FPC0.PIC0, thread " in out
    assert "10 % more of a figure" in out
    assert all(Path(name).stat().st_size > 500 for name in names)
    assert "first limit reached: SPU CPU" in Path(names[2]).read_text("utf-8")


def test_more_load_is_more_sessions(light: str) -> None:
    words = ("run", "--platform", "srx1600", "--workload", light, "--json", "--load")
    offered = [json.loads(run(*words, load)[1])["totals"]["offered"] for load in ("1", "10")]
    assert offered[1] > 5 * offered[0]


def test_compare_takes_every_distribution_or_those_asked_for(light: str) -> None:
    words = ("compare", "--platform", "srx5400-2spc2", "--workload", light, "--json")
    assert [entry["distribution"] for entry in json.loads(run(*words)[1])["distributions"]] == list(distribution.available())
    some = json.loads(run(*words, "--distribution", "least-sessions")[1])["distributions"]
    assert [entry["distribution"] for entry in some] == ["least_sessions"]


def test_upgrade_tells_what_other_cards_change(light: str) -> None:
    cards = ("--platform", "srx5400:spc3=1,ioc4=1", "--to", "srx5400:spc3=2,ioc4=1", "--workload", light)
    found = json.loads(run("upgrade", *cards, "--json")[1])
    assert [len(found[when]["spus"]) for when in ("before", "after")] == [2, 4]
    status, out, _ = run("upgrade", *cards)
    assert status == 0
    assert "sessions would be lost" in out
    assert "assumed, not measured: " in out


def test_sweep_runs_a_grid_on_all_cores(light: str) -> None:
    status, out, err = run("sweep", "--platform", "srx300", "--platform", "srx1600", "--workload", light, "--load", "1",
                           "--load", "200", "--json")
    assert (status, err) == (0, "")
    assert [(entry["platform"], entry["load"], entry["carried"]) for entry in json.loads(out)] == [
        ("srx300", 1, True), ("srx300", 200, False), ("srx1600", 1, True), ("srx1600", 200, True)]


def test_sweep_runs_the_same_on_two_dask_workers(light: str) -> None:
    words = ("sweep", "--platform", "srx300", "--platform", "srx1600", "--workload", light, "--seeds", "2", "--json")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        on_dask = run(*words, "--scheduler", cluster.scheduler_address)
    assert on_dask[0] == 0
    assert json.loads(on_dask[1]) == json.loads(run(*words)[1])


def test_fit_orders_platforms_by_what_they_have_left(light: str) -> None:
    words = ("fit", "--workload", light, "--load", "100", *(word for name in ("srx4600", "srx300", "srx1600")
                                                            for word in ("--platform", name)))
    found = json.loads(run(*words, "--json")[1])
    assert [(entry["platform"], entry["fits"]) for entry in found] == [("srx1600", True), ("srx4600", True), ("srx300", False)]
    assert "does not carry it" in run(*words)[1]


def test_what_was_recorded_has_one_rate(tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    path.write_text("", "utf-8")
    assert "no session log lines in it" in run("fit", "--workload", str(path))[2]


def test_validate_keeps_its_bounds_and_writes_markdown() -> None:
    status, out, _ = run("validate", "--json")
    assert status == 0
    assert {"predicted", "published_low", "error", "missed"} <= set(json.loads(out)[0])
    assert run("validate", "--markdown")[1].startswith("|")
    assert "missed" not in run("validate")[1]


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
        (("--platform", "srx1600", "--engine", "steam"), "error: --engine steam: expected auto, event or vector"),
        (("--platform", "srx1600", "--workload", "rmap"), "error: rmap: unknown workload; available: "),
        (("--platform", "srx1600", "--workload", "./absent.pcap"), "error: absent.pcap: No such file"),
        (("--platform", "srx1600", "--workload", "./absent.log"), "error: absent.log: No such file"),
        (("--platform", "srx1600", "--csv", "/absent/file"), "error: /absent/file: No such file"),
    ],
)
def test_a_mistake_is_one_line_and_a_failure(words: tuple[str, ...], complaint: str) -> None:
    status, out, err = run("run", *words)
    assert status == 1
    assert out == ""
    assert err.startswith(complaint)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["list", "describe", "run", "compare", "sweep", "fit", "upgrade", "validate"])
def test_help_gives_an_example(command: str) -> None:
    status, out, _ = run(command, "--help")
    assert status == 0
    assert f"Example: srxnf model {command}" in out
