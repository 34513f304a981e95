import pytest

from nf.policy.url_table import Site, UrlTable, shipped_table


def test_a_site_is_found_by_the_longest_suffix() -> None:
    table = UrlTable.read("# ours\nhost,category,reputation\na.test,A,10\nb.A.test.,B,90\n\n")
    assert (table.find("x.b.a.test"), table.find("c.a.test")) == (Site("B", 90), Site("A", 10))
    assert (table.find("test"), table.find("")) == (None, None)
    assert table.categories == ("A", "B")


@pytest.mark.parametrize("row", ["a.test,A", "a.test,A,101", "a.test,A,-1", ",A,1", "a.test,,1", "a.test,A,1,2", "a.test,A,³"])
def test_a_bad_line_is_named(row: str) -> None:
    with pytest.raises(ValueError, match="line 2: expected host,category,reputation"):
        UrlTable.read("ok.test,A,1\n" + row)


def test_the_shipped_table_speaks_junipers_names() -> None:
    assert all(name.startswith("Enhanced_") for name in shipped_table().categories)
    assert shipped_table().find("www.casino.test") == Site("Enhanced_Gambling", 65)
