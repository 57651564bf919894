from store import history
from store.file import Store
from store.history import Letter
from store.reader import Episode
from store.rows import Row, Settled, Tried
from store.writer import Writer
from tests.store.samples import NOW, bad, good, incident, intent

OTHER = "hq/service/vpn"


def test_every_episode_is_given_with_its_end(store: Store) -> None:
    Writer(store).put([incident(episode=2), incident(resolved_at=NOW), incident(OTHER)], urgent=True)

    assert list(history.episodes(store.connection)) == [
        ("hq/service/sso", Episode(1, NOW)),
        ("hq/service/sso", Episode(2, None)),
        (OTHER, Episode(1, None)),
    ]


def test_one_episode_is_found_and_another_is_not(store: Store) -> None:
    Writer(store).put([incident(episode=1), incident(episode=2)], urgent=True)

    assert history.incident(store.connection, "hq/service/sso", 2) == incident(episode=2)
    assert history.incident(store.connection, "hq/service/sso", 3) is None


def test_what_was_resolved_since_is_given_the_latest_first(store: Store) -> None:
    ended = [incident(episode=each, resolved_at=NOW + each) for each in (1, 2, 3)]
    Writer(store).put([*ended, incident(OTHER)], urgent=True)

    assert list(history.resolved_since(store.connection, NOW + 2)) == [ended[2], ended[1]]


def test_a_message_is_given_with_what_became_of_it(store: Store) -> None:
    rows: list[Row] = [intent("1"), intent("2"), Tried("1", NOW + 1), Settled("1", NOW + 2, "dead", "400")]
    Writer(store).put(rows, urgent=True)

    assert history.letters_of(store.connection, "hq/service/sso", 1) == [
        Letter(intent("1"), 1, NOW + 1, NOW + 2, "dead", "400"),
        Letter(intent("2"), 2),
    ]
    assert history.letters_of(store.connection, "hq/service/sso", 2) == []


def test_a_message_is_found_by_its_id_and_by_its_number(store: Store) -> None:
    Writer(store).put([intent("a"), intent("b")], urgent=True)

    assert history.letter(store.connection, "2") == history.letter(store.connection, "b")
    assert history.letter(store.connection, "b") == Letter(intent("b"), 2)
    assert history.letter(store.connection, "3") is None
    assert history.letter(store.connection, "²") is None


def test_what_is_not_sent_is_what_waits_and_what_was_refused_lately(store: Store) -> None:
    over = [Settled("sent", NOW, "sent"), Settled("new", NOW, "dead"), Settled("old", NOW - 1, "dead")]
    names = ("sent", "new", "old", "waits")
    Writer(store).put([*map(intent, names), *over], urgent=True)

    unsent = history.unsent(store.connection, NOW)

    assert [(each.row.id, each.waits) for each in unsent] == [("new", False), ("waits", True)]


def test_the_last_good_attempt_before_an_instant_is_found(store: Store) -> None:
    results = [good(NOW), good(NOW + 1), bad(NOW + 2), good(NOW + 3), good(NOW + 2, site="dc2")]
    Writer(store).put([*results, good(NOW + 2, "other")], urgent=True)

    assert history.last_good_at(store.connection, "sso", NOW + 3) == NOW + 2
    assert history.last_good_at(store.connection, "sso", NOW + 2) == NOW + 1
    assert history.last_good_at(store.connection, "sso", NOW) is None
    assert history.last_good_at(store.connection, "never asked", NOW) is None
