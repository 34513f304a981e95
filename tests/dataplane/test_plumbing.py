"""The kernel's part: a ruleset that nft takes, and everything set up and taken down in a network namespace of its own."""

import os
import subprocess
import sys

import pytest

from nf.dataplane.plumbing import PlumbingError, plumbed, ruleset
from nf.dataplane.wiring import TransparentLeg
from nf.policy.zones import Interface

LEGS = tuple(TransparentLeg(f"leg{index}", Interface(f"ge-0/0/{index}.0"), 52780 + index) for index in range(2))
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
STATE = ("ip -o address show to 169.254.0.0/16", "ip route", "ip rule", "ip -4 route show table all type local default",
         "ip -4 neighbour", "nft list ruleset", "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/rp_filter",
         "ip -6 -o address show to fe80::5278:0/112", "ip -6 route", "ip -6 rule",
         "ip -6 route show table all type local default", "ip -6 neighbour",
         "sysctl net.ipv6.conf.all.forwarding net.ipv6.conf.leg0.accept_ra net.ipv6.conf.leg0.addr_gen_mode",
         "sysctl net.ipv6.conf.lo.disable_ipv6 net.ipv6.conf.leg1.disable_ipv6")
DEVICES = ("mount -t sysfs sysfs /sys && ip link set lo up && ip link add leg0 type veth peer name leg1"
           " && echo 1 | tee /proc/sys/net/ipv6/conf/lo/disable_ipv6 /proc/sys/net/ipv6/conf/leg1/disable_ipv6 >/dev/null"
           " && echo 1 >/proc/sys/net/ipv6/conf/leg0/addr_gen_mode"
           " && ip link set leg0 up && ip link set leg1 up")
STORY = """
import subprocess, sys
from nf.dataplane.plumbing import plumbed
from tests.dataplane.test_plumbing import LEGS, STATE
state = lambda: [subprocess.run(words.split(), capture_output=True, text=True, check=True).stdout for words in STATE]
before = state()
for _ in range(2):
    with plumbed(LEGS):
        during = state()
        assert "169.254.100.1/30" in during[0] and "169.254.101.1/30" in during[0], during
        assert during[1].count("default via") == 2, during
        assert "lookup" in during[2] and "0x" in during[2], during
        assert "local default dev lo" in during[3], during
        assert during[4].count("PERMANENT") == 2, during
        assert "tproxy" in during[5], during
        assert during[7].count("fe80::5278:1/64") == 2 and "tentative" not in during[7], during
        assert during[8].count("default via fe80::5278:2") == 2, during
        assert during[9].count("lookup 52") == 3, during
        assert "local default dev lo" in during[10], during
        assert during[11].count("PERMANENT") == 2, during
    after = state()
    assert after == before, (before, after)
"""


WITHOUT = """
import subprocess
from nf.dataplane.plumbing import plumbed
from tests.dataplane.test_plumbing import LEGS
with plumbed(LEGS):
    rules = subprocess.run(["ip", "-6", "rule"], capture_output=True, text=True, check=True).stdout
    assert "5278" not in rules, rules
    assert "5278" in subprocess.run(["ip", "-4", "rule"], capture_output=True, text=True, check=True).stdout
"""


@needs_root
def test_where_ipv6_may_not_be_turned_on_the_rest_goes_on() -> None:
    """As in a container, where these files are read-only."""
    locked = f"{DEVICES} && mount --bind /proc/sys/net/ipv6 /proc/sys/net/ipv6 && mount -o remount,bind,ro /proc/sys/net/ipv6"
    done = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", f'{locked} && "$@"',
                           "sh", sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    said = "srxnf: no IPv6 here: /proc/sys/net/ipv6/conf/leg1/disable_ipv6: Read-only file system\n"
    assert (done.returncode, done.stderr) == (0, said)


@needs_root
def test_nft_takes_the_ruleset() -> None:
    done = subprocess.run(["unshare", "--net", "nft", "-c", "-f", "-"], input=ruleset(LEGS), capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_root
def test_everything_is_taken_down_again() -> None:
    done = subprocess.run(["unshare", "--net", "--mount", "sh", "-c", f'{DEVICES} && exec "$@"', "sh",
                           sys.executable, "-c", STORY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(PlumbingError, match="no network device leg0 here"), plumbed(LEGS):
        pytest.fail("set up")
