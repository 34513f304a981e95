"""What happens to the box while `model run` plays: failures, a cluster, settings, features."""

import csv
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.cli.test_model import light, run  # noqa: F401  # a fixture

CHASSIS = ("run", "--platform", "srx5400-2spc2", "--workload")


def test_a_failed_spu_loses_its_sessions(light: str) -> None:  # noqa: F811
    status, out, _ = run(*CHASSIS, light, "--fail-spu", "FPC0.PIC1@1-2", "--fail-spu", "3@2", "--graceful", "--json")
    assert status == 0
    first, second = json.loads(out)["interruptions"]
    assert (first["spu"], first["at"], first["back"], first["graceful"]) == ("FPC0.PIC1", 1.0, 2.0, True)
    assert 0 < first["lost"] < first["open"]
    assert second["back"] is None
    assert "(all data-plane cards reset)" in run(*CHASSIS, light, "--fail-spu", "1@1")[1]


def test_a_cluster_says_what_its_backup_does_and_what_a_failover_leaves(light: str) -> None:  # noqa: F811
    status, out, _ = run("run", "--platform", "srx1600", "--workload", light, "--cluster", "--fail-at", "2", "--json")
    assert status == 0
    cluster = json.loads(out)["cluster"]
    assert cluster["message_rate"] > 10
    assert cluster["failover"]["open"] == cluster["failover"]["kept"] + cluster["failover"]["decrypted"]
    assert "backup: 0.0" in run("run", "--platform", "srx1600", "--workload", light, "--cluster")[1]


def test_a_junos_configuration_limits_sessions(light: str, tmp_path: Path) -> None:  # noqa: F811
    junos = tmp_path / "limits.conf"
    junos.write_text(
        "set security screen ids-option few limit-session destination-ip-based 1\n"
        "set security zones security-zone trust screen few\n", "utf-8")  # fmt: skip
    status, out, _ = run("run", "--platform", "srx1600", "--workload", light, "--junos", str(junos))
    assert status == 0
    assert "session limit of its destination" in out


def test_screens_and_translation_cost(light: str) -> None:  # noqa: F811
    plain, dearer = (
        json.loads(run("run", "--platform", "srx1600", "--workload", light, "--json", *words)[1])["totals"]["cpu_seconds"]
        for words in ((), ("--screen", "syn-flood", "--nat", "source", "--nat", "destination"))
    )
    assert dearer > plain


def test_rows_carry_the_figures(light: str, tmp_path: Path) -> None:  # noqa: F811
    rows, columns = tmp_path / "r.csv", tmp_path / "r.parquet"
    assert run("run", "--platform", "srx1600", "--workload", light, "--csv", str(rows), "--parquet", str(columns))[0] == 0
    with (tmp_path / "r.figures.csv").open(encoding="utf-8", newline="") as file:
        kinds = {line["figure"]: line["kind"] for line in csv.DictReader(file)}
    assert kinds["threads.queue"] == "assumed"
    told = parquet.read_schema(columns).metadata
    assert "threads.queue" in json.loads(told[b"assumed"])["srx1600"]
    assert {entry["figure"] for entry in json.loads(told[b"figures"])} == set(kinds)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fail-spu", "9@1"), "failure of 9: srx1600 has no such SPU; expected FPC0.PIC0, or a number"),
        (("--fail-spu", "0@3"), "--fail-spu, second 3: the load ends in second 3"),
        (("--fail-spu", "0@2-1"), "--fail-spu 0@2-1: expected SPU@S or SPU@S-T, seconds with S before T: FPC0.PIC1@4-8"),
        (("--graceful",), "--graceful: says how an SPU fails; expected --fail-spu as well"),
        (("--fail-at", "1"), "--fail-at 1: a node fails in a cluster; expected --cluster as well, or --fail-spu"),
        (("--screen", "door"),
         "--screen door: expected one of syn-flood, udp flood, icmp flood, port-scan, ip-sweep, limit-session"),
        (("--nat", "all"), "--nat all: expected one of static, destination, reverse static, source"),
        (("--junos", "/nowhere.conf"), "/nowhere.conf: No such file or directory"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(light: str, words: tuple[str, ...], message: str) -> None:  # noqa: F811
    status, out, err = run("run", "--platform", "srx1600", "--workload", light, *words)
    assert (status, out, err) == (1, "", f"error: {message}\n")
