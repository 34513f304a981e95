from nf.config.grammar import Word
from nf.config.tree import Statement, ends

LEAF, CONTAINER, ENTRY = Word("c leaf", "leaf"), Word("c", "container"), Word("c list", "list", key=("name",))


def tree() -> Statement:
    container = Statement(CONTAINER)
    container.children = {
        ("leaf",): Statement(LEAF, values={"first": 1, "second": 2}), ("list", "a"): Statement(ENTRY, ("a",)),
        ("list", "b"): Statement(ENTRY, ("b",), inactive=True), ("list", "c"): Statement(ENTRY, ("c",))}
    return Statement(None, children={("c",): container})


def test_looking_down_a_path() -> None:
    root = tree()
    assert root.value("c", "leaf") == "first"
    assert root.value("c", "other") is None
    assert root.value("x", "leaf") is None
    assert root.has("c")
    assert [entry.name for entry in root.entries("c", "list")] == ["a", "c"]
    assert list(root.entries("x", "list")) == []


def test_ends_are_active_statements_without_anything_in_them() -> None:
    assert [(end.word, end.name) for end in ends(tree())] == [(LEAF, ""), (ENTRY, "a"), (ENTRY, "c")]
    assert list(ends(Statement(None))) == []


def test_numbers_and_texts() -> None:
    root = tree()
    root.children["c",].children["leaf",].values = {"5": 1}
    assert (root.number("c", "leaf"), root.number("c", "other")) == (5, None)
    assert (root.texts("c", "leaf"), root.texts("c", "other")) == (("5",), ())
