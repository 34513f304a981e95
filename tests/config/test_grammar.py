from nf.config.grammar import Word, junos_grammar


def test_top_and_depth() -> None:
    grammar = junos_grammar()
    assert {"security", "services", "interfaces", "applications"} <= set(grammar.children(""))
    root_ca = grammar.children("services ssl proxy profile")["root-ca"]
    assert (root_ca.kind, root_ca.type, root_ca.max_elements, root_ca.name) == ("leaf-list", "string", "2", "root-ca")
    assert grammar.children("services ssl proxy")["profile"].key == ("name",)


def test_a_leaf_has_nothing_below_and_answers_are_kept() -> None:
    grammar = junos_grammar()
    assert grammar.children("system host-name") == {}
    assert grammar.children("security") is grammar.children("security")
    assert junos_grammar() is grammar


def test_ranges_of_a_union() -> None:
    place = "services ssl proxy global-config non-ssl-detection-threshold"
    threshold: Word = junos_grammar().children(place)["byte-threshold"]
    assert [kind.range for kind in threshold.union if kind.range] == ["1 .. 600"]
