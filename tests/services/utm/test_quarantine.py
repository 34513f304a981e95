from nf.services.utm.quarantine import SECONDS, Quarantine


def test_a_confirmation_is_forgotten_in_time() -> None:
    quarantine = Quarantine(b"secret")
    quarantine.hear(quarantine.bulletin("192.0.2.1", "a.test").key, 0.0)
    assert quarantine.passes("192.0.2.1", "a.test", SECONDS - 1)
    assert not quarantine.passes("192.0.2.1", "a.test", SECONDS)
    assert not quarantine.passes("192.0.2.2", "a.test", 1.0)


def test_a_link_is_good_for_its_client_and_host_alone() -> None:
    link = Quarantine(b"secret").link("192.0.2.1", "a.test", "/x?y=1&z")
    assert Quarantine(b"secret").confirmed("192.0.2.1", "a.test", link) == "/x?y=1&z"
    assert Quarantine(b"secret").confirmed("192.0.2.2", "a.test", link) is None
    assert Quarantine(b"secret").confirmed("192.0.2.1", "b.test", link) is None
    assert Quarantine(b"other").confirmed("192.0.2.1", "a.test", link) is None


def test_a_link_leads_to_no_other_host() -> None:
    quarantine = Quarantine(b"secret")
    for path in ("//other.test", "/\\other.test", "\\\\other.test"):
        assert quarantine.confirmed("c", "a.test", quarantine.link("c", "a.test", path)) == "/other.test"
