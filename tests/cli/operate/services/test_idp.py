"""`show security idp`: what operators read."""

from nf.cli.operate.services import idp


def test_tables() -> None:
    assert idp._attacks({"attacks": {"B": 1, "A": 3}}, {})[2:] == [
        f"  {'Attack name':<45}#Hits", f"  {'A':<45}3", f"  {'B':<45}1"]
    assert [line.split() for line in idp._counters({"counters": {"sessions": 2}}, {})][-1] == ["sessions", "2"]
    rows = idp._policies({"policies": [["root-logical-system", "P", 4], ["root-logical-system", "P", 4]]}, {})
    assert [row.split() for row in rows] == [["Name", "Sessions", "of", "Rules"], ["P", "root-logical-system", "4"]]


def test_status() -> None:
    lines = idp._status({"policies": "1", "attacks": "64", "sessions": 7, "found": 2, "ip-actions": "0"}, {})
    assert lines[0] == "State of IDP: Running"
    assert [line.split()[-1] for line in lines[1:]] == ["1", "64", "7", "2", "0"]
    assert idp._status({}, {})[0] == "State of IDP: No policy is configured"
