"""Answers of several workers as one."""

from nf.dataplane.service_answers import added


def test_numbers_add_up_lists_follow_each_other_of_the_rest_the_first_stands() -> None:
    one = {"hits": 3, "share": 0.5, "names": ["a"], "by": {"x": 1}, "active": True, "file": "f"}
    other = {"hits": 4, "share": 0.25, "names": ["b"], "by": {"x": 2, "y": 5}, "active": True, "file": "g", "more": 1}
    assert added((one, other)) == {"hits": 7, "share": 0.75, "names": ["a", "b"], "by": {"x": 3, "y": 5}, "active": True,
                                   "file": "f", "more": 1}
    assert added(()) == {}
