import pytest

from nf.config import ConfigError, load, show
from nf.config.errors import Findings
from nf.config.groups import expand
from nf.config.junos import read
from nf.config.tree import Statement


def expanded(text: str) -> list[str]:
    return show(text, "t", "set", expanded=True).splitlines()


def remarks(text: str) -> list[str]:
    return [f"{remark.statement}: {remark.message}" for remark in load(text, "t").warnings]


def test_an_explicit_statement_comes_before_an_inherited_one_and_an_earlier_group_before_a_later() -> None:
    groups = """set groups g1 interfaces ge-0/0/0 mtu 1400
set groups g1 interfaces ge-0/0/0 description one
set groups g2 interfaces ge-0/0/0 description two
set groups g2 interfaces ge-0/0/0 speed 1g
set apply-groups [ g1 g2 ]
"""
    assert expanded(groups + "set interfaces ge-0/0/0 mtu 1500") == [
        "set interfaces ge-0/0/0 mtu 1500", "set interfaces ge-0/0/0 description one", "set interfaces ge-0/0/0 speed 1g"]
    assert expanded(groups.replace("[ g1 g2 ]", "[ g2 g1 ]"))[0] == "set interfaces ge-0/0/0 description two"


def test_an_inner_apply_groups_comes_before_an_outer_one() -> None:
    text = """set groups outer system services ssh root-login allow
set groups inner system services ssh root-login deny
set apply-groups outer
set system services apply-groups inner"""
    assert expanded(text) == ["set system services ssh root-login deny"]


def test_a_group_may_be_kept_away_from_a_place() -> None:
    text = """set groups g interfaces <*> mtu 9000
set apply-groups g
set interfaces ge-0/0/0 unit 0
set interfaces ge-0/0/1 unit 0
set interfaces ge-0/0/1 apply-groups-except g"""
    assert expanded(text) == ["set interfaces ge-0/0/0 unit 0", "set interfaces ge-0/0/0 mtu 9000",
                              "set interfaces ge-0/0/1 unit 0"]


@pytest.mark.parametrize(("pattern", "matched"), [
    ("<*>", {"ge-0/0/0", "ge-0/0/1", "xe-0/0/0"}), ("<ge-*>", {"ge-0/0/0", "ge-0/0/1"}),
    ("<?e-0/0/0>", {"ge-0/0/0", "xe-0/0/0"}), ('"<ge-0/0/[1-9]>"', {"ge-0/0/1"}), ("<et-*>", set())])
def test_patterns_speak_of_entries_that_are_there(pattern: str, matched: set[str]) -> None:
    text = f"set groups g interfaces {pattern} mtu 9000\nset interfaces apply-groups g\n" + "".join(
        f"set interfaces {name} unit 0\n" for name in ("ge-0/0/0", "ge-0/0/1", "xe-0/0/0"))
    assert {line.split()[2] for line in expanded(text) if line.endswith("mtu 9000")} == matched
    assert len({line.split()[2] for line in expanded(text)}) == 3, "a pattern makes no entry"


def test_patterns_also_speak_of_entries_that_another_group_makes() -> None:
    text = """set groups names interfaces ge-0/0/5 unit 0
set groups sizes interfaces <*> mtu 9000
set apply-groups [ names sizes ]"""
    assert expanded(text) == ["set interfaces ge-0/0/5 unit 0", "set interfaces ge-0/0/5 mtu 9000"]


def test_pairs_of_names_are_matched_each() -> None:
    text = """groups { log { security { policies { from-zone <*> to-zone <u*> { policy <*> { then { count; } } } } } } }
security {
    zones { security-zone t { interfaces ge-0/0/0.0; } security-zone u { interfaces ge-0/0/1.0; } }
    policies {
        apply-groups log;
        from-zone t to-zone u { policy a { match { source-address any; destination-address any; application any; }
                                           then { deny; } } }
        from-zone u to-zone t { policy b { match { source-address any; destination-address any; application any; }
                                           then { deny; } } }
    }
}"""
    assert {policy.name: policy.count for policy in load(text, "t").policies.policies} == {"a": True, "b": False}


def test_lists_take_what_every_group_has() -> None:
    text = """set groups g system name-server [ 10.0.0.2 10.0.0.1 ]
set groups g services ssl proxy profile p trusted-ca b
set apply-groups g
set system name-server 10.0.0.1
set services ssl proxy profile p trusted-ca a"""
    assert expanded(text) == ["set system name-server 10.0.0.1", "set system name-server 10.0.0.2",
                              "set services ssl proxy profile p trusted-ca a", "set services ssl proxy profile p trusted-ca b"]


def test_of_a_choice_the_explicit_statement_stands_alone() -> None:
    policy = "security policies global policy p "
    text = f"""set groups g {policy}then permit
set groups g {policy}then count
set apply-groups g
set {policy}then deny"""
    assert expanded(text) == [f"set {policy}then deny", f"set {policy}then count"]


def test_what_is_inactive_is_not_there() -> None:
    text = """groups { g { system { inactive: host-name a; time-zone UTC; } } }
apply-groups g;
system { inactive: time-zone GMT; location { inactive: apply-groups g; } }"""
    assert expanded(text) == ["set system time-zone UTC", "set system location"]
    assert expanded("inactive: " + text) == ["set system time-zone GMT", "deactivate system time-zone", "set system location"]


def test_a_group_may_apply_another_and_speak_of_logical_systems() -> None:
    text = """set groups a apply-groups b
set groups a system time-zone UTC
set groups b system host-name h
set groups b logical-systems <*> interfaces ge-0/0/0 unit 0
set logical-systems l
set apply-groups a"""
    assert expanded(text) == ["set logical-systems l interfaces ge-0/0/0 unit 0", "set system time-zone UTC",
                              "set system host-name h"]


def test_hierarchies_outside_the_grammar_file_inherit_too() -> None:
    text = """groups { g { protocols { ospf { area 0 { interface <*> { metric 5; } } } } } }
protocols { apply-groups g; ospf { area 0 { interface ge-0/0/0.0; } } }"""
    assert expanded(text) == ["set protocols ospf area 0 interface ge-0/0/0.0 metric 5"]


def test_a_group_means_what_its_statements_mean_where_they_are_inherited() -> None:
    plain = load("set system host-name h\nset security pki ca-profile a ca-identity x", "a")
    grouped = load("set groups g system host-name h\nset groups g security pki ca-profile <*> ca-identity x\n"
                   "set apply-groups g\nset security pki ca-profile a", "b")
    assert grouped == plain


def test_the_tree_handed_in_is_not_changed() -> None:
    text = "set groups g system host-name h\nset apply-groups g\nset system time-zone UTC"
    findings = Findings("t")
    root = read(text, findings)
    expand(root, findings)
    system = root.one("system")
    assert isinstance(system, Statement)
    assert list(system.children) == [("time-zone",)]


def test_names_of_groups() -> None:
    with pytest.raises(ConfigError) as caught:
        load("set groups common system host-name h\nset system apply-groups [ comon junos-defaults ]", "t")
    assert str(caught.value) == "t:2: 'comon': no such group; did you mean 'common'?"
    assert remarks('set groups node0 system host-name a\nset apply-groups "${node}"') == [
        "apply-groups ${node}: no effect: which node this is, is not known here"]
    assert remarks("set groups g system host-name a") == ["groups g: is applied nowhere"]


@pytest.mark.parametrize("text", ["set interfaces <ge-*> mtu 1500", "interfaces { <ge-*> { mtu 1500; } }"])
def test_patterns_stand_in_groups_only(text: str) -> None:
    with pytest.raises(ConfigError, match="a wildcard stands for names only inside groups"):
        load(text, "t")
