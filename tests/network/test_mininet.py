"""Mininet's own command raises every topology, and with plain learning everybody reaches everybody."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import topologies
from scenarios import launch
from topologies.description import describe

pytestmark = [pytest.mark.network, pytest.mark.skipif(
    os.geteuid() != 0 or launch.obstacle("") is not None or shutil.which("ping") is None,
    reason="needs root, what a lab runs, and ping")]
PRIVATE = launch.SOURCE / "topologies" / "private-ovs.sh"
ALL = "0% dropped (12/12 received)"
RECEIVED = {**dict.fromkeys(("cluster", "leaf_spine_srx", "two_systems"), "0% dropped (20/20 received)"),
            "leaf_spine_ids": "40% dropped (12/20 received)",  # an IDS in the wire has no address
            **dict.fromkeys(("routed", "two_exits"), "83% dropped (2/12 received)")}  # learning is no routing: one subnet only
STORY = """
"$0" -P -c 'from nf.cli.main import main; main()' controller --learning $TOPOLOGY 2>controller.log & controller=$!
mn --custom "$SOURCE/topologies/$NAME.py" --topo "$NAME" --switch ovs,datapath=user --controller remote --test pingall
kill $controller
"""


@pytest.mark.parametrize("name", topologies.available())
def test_everybody_reaches_everybody(name: str, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(describe(topologies.load(name)))
    own = {"NAME": name, "SOURCE": str(launch.SOURCE), "PYTHONPATH": str(launch.SOURCE),
           "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
           "TOPOLOGY": "--topology site.toml" if name.startswith("leaf_spine") else ""}  # learning follows no loops
    done = subprocess.run(["sh", str(PRIVATE), "sh", "-c", STORY, sys.executable], capture_output=True, text=True,
                          check=True, cwd=tmp_path, timeout=60, env={**os.environ, **own})
    assert f"Results: {RECEIVED.get(name, ALL)}" in done.stdout + done.stderr, done.stderr
    switches = topologies.load(name).switches()
    assert (tmp_path / "controller.log").read_text().count(" ready: ") == len(switches)
