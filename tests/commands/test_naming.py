import pytest

from commands.context import Stop
from commands.naming import meant

EPISODES = {
    "hq/service/sso": [1, 2, 3],
    "hq/service/vpn": [1],
    "hq/monitor/unmeasured/vpn": [4],
    "hq/service/old-mail": [1],
    "hq/storm/a#1": [2],
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hq/service/sso#2", ("hq/service/sso", 2)),
        ("hq/service/sso", ("hq/service/sso", 3)),
        ("service/sso", ("hq/service/sso", 3)),
        ("sso#1", ("hq/service/sso", 1)),
        ("service/vpn", ("hq/service/vpn", 1)),
        ("vpn#4", ("hq/monitor/unmeasured/vpn", 4)),
        ("old-mail", ("hq/service/old-mail", 1)),
        ("hq/storm/a#1", ("hq/storm/a#1", 2)),
        ("hq/storm/a#1#2", ("hq/storm/a#1", 2)),
    ],
)
def test_an_incident_is_named_by_any_clear_ending_of_its_key_behind_a_slash(
    text: str, found: tuple[str, int]
) -> None:
    assert meant(text, EPISODES) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("vpn", "vpn could be hq/monitor/unmeasured/vpn#4, hq/service/vpn#1: say more of it"),
        ("sso#9", "hq/service/sso has no episode 9: did you mean hq/service/sso#3?"),
        ("mail", "there is no incident mail: did you mean hq/service/old-mail#1?"),
        ("ail#1", "there is no incident ail#1: did you mean hq/service/old-mail#1?"),
        ("pn", "there is no incident pn: did you mean hq/monitor/unmeasured/vpn#4, hq/service/vpn#1?"),
        ("/sso", "there is no incident /sso: did you mean hq/service/sso#3?"),
        (
            "o",
            "there is no incident o: did you mean hq/monitor/unmeasured/vpn#4, hq/service/old-mail#1, "
            "hq/service/sso#3, hq/storm/a#1#2?",
        ),
        ("soo", "there is no incident soo: did you mean hq/service/sso#3?"),
        ("service/soo#1", "there is no incident service/soo#1: did you mean hq/service/sso#3?"),
        ("quite-another", "there is no incident quite-another: `incidents --all` lists what there was"),
        ("", "there is no incident : `incidents --all` lists what there was"),
        ("#", "there is no incident #: `incidents --all` lists what there was"),
    ],
)
def test_what_is_unclear_or_unknown_is_refused_and_candidates_are_named(text: str, told: str) -> None:
    with pytest.raises(Stop) as stopped:
        meant(text, EPISODES)

    assert str(stopped.value) == told
    assert stopped.value.status == 2


def test_of_many_candidates_five_are_named() -> None:
    with pytest.raises(Stop, match=r"hq/4/vpn#1 or one of 3 more: say more of it"):
        meant("vpn", {f"hq/{number}/vpn": [1] for number in range(8)})


def test_where_there_was_nothing_that_is_said() -> None:
    with pytest.raises(Stop, match="there has been none at all"):
        meant("sso", {})
