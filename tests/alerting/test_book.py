from dataclasses import replace

from alerting.book import Book
from alerting.events import Decision
from alerting.incident import Incident
from alerting.intent import Action, Intent, Urgency
from store.rows import IncidentRow, IntentRow
from tests.alerting.hand import START, company, receiver
from tests.alerting.incidents import incident

SAID = company(receivers={name: receiver(name) for name in ("pager", "chat")})
LATER = START + 60_000


def begun(book: Book, one: Incident) -> Decision:
    decision = Decision()
    book.begin(one, SAID, one.opened_at, decision)
    return decision


def ended(book: Book, key: str = "hq/service/sso", restored_at: int = LATER) -> Decision:
    decision = Decision()
    book.end(key, restored_at, SAID, LATER + 5000, decision)
    return decision


def said(intents: list[Intent]) -> list[tuple[str, str, int]]:
    return [(intent.receiver, intent.action.value, intent.episode) for intent in intents]


def test_an_incident_that_begins_is_kept_and_told_to_each_receiver() -> None:
    book = Book()
    decision = begun(book, incident(episode=0, told=("pager", "chat")))

    assert said(decision.intents) == [("pager", "open", 1), ("chat", "open", 1)]
    assert [type(row) for row in decision.rows] == [IncidentRow, IntentRow, IntentRow]
    assert decision.opened == [book.open["hq/service/sso"]]
    assert decision.urgent


def test_an_incident_that_nobody_hears_of_is_kept_all_the_same() -> None:
    decision = begun(Book(), incident(told=()))

    assert decision.intents == []
    assert len(decision.rows) == 1
    assert decision.urgent


def test_each_beginning_under_a_key_is_a_new_episode() -> None:
    book = Book(episodes={"hq/service/sso": 6})

    assert begun(book, incident()).opened[0].episode == 7
    ended(book)
    assert begun(book, incident()).opened[0].episode == 8


def test_everyone_who_was_told_of_the_beginning_is_told_of_the_end() -> None:
    book = Book()
    begun(book, incident(told=("pager", "chat")))
    decision = ended(book)

    assert said(decision.intents) == [("pager", "resolve", 1), ("chat", "resolve", 1)]
    assert (decision.resolved[0].restored_at, decision.resolved[0].resolved_at) == (LATER, LATER + 5000)
    assert "up again after 1 min" in decision.intents[0].message.summary
    assert book.open == {}


def test_a_message_has_the_same_identity_when_it_is_decided_again() -> None:
    one, other = (begun(Book(), incident()).intents[0] for _ in range(2))

    assert one == other


def test_messages_of_one_incident_have_identities_of_their_own() -> None:
    book = Book()
    ids = [intent.id for intent in begun(book, incident(told=("pager", "chat"))).intents]
    ids += [intent.id for intent in ended(book).intents]

    assert len(set(ids)) == 4


def test_what_is_open_is_said_again_where_no_open_waits_anyway() -> None:
    book, decision = Book([incident(episode=3, told=("pager", "chat"))]), Decision()
    book.again(SAID, {("chat", "hq/service/sso")}, LATER, decision)

    assert said(decision.intents) == [("pager", "open", 3)]
    assert not decision.intents[0].first
    assert decision.opened == []


def test_what_is_open_is_not_said_to_a_receiver_that_has_gone() -> None:
    book, decision = Book([incident(told=("gone", "pager"))]), Decision()
    book.again(SAID, set(), LATER, decision)

    assert said(decision.intents) == [("pager", "open", 1)]


def test_what_is_open_is_not_said_again_where_it_would_be_news_twice() -> None:
    said_by = company(receivers={"pager": receiver("pager"), "chat": receiver("chat", deduplicates=False)})
    book, decision = Book([incident(told=("pager", "chat"))]), Decision()
    book.again(said_by, set(), LATER, decision)

    assert said(decision.intents) == [("pager", "open", 1)]


def test_open_incidents_are_counted_by_scope_and_urgency() -> None:
    book = Book(
        [
            incident(),
            incident(key="hq/service/vpn"),
            incident(key="hq/service/wiki", urgency=Urgency.INFO),
            incident(key="hq/monitor/store", scope="monitor"),
        ]
    )

    assert book.count() == {
        ("service", Urgency.PAGE): 2,
        ("service", Urgency.INFO): 1,
        ("monitor", Urgency.PAGE): 1,
    }


def test_it_is_known_whether_anything_about_ourselves_is_open() -> None:
    assert not Book([incident()]).monitors
    assert Book([incident(scope="monitor")]).monitors


def test_a_change_of_an_open_incident_is_kept_and_told_to_nobody() -> None:
    book, decision = Book([incident()]), Decision()
    book.keep(replace(incident(), accepted_at=LATER), decision)

    assert book.open["hq/service/sso"].accepted_at == LATER
    assert [type(row) for row in decision.rows] == [IncidentRow]
    assert not decision.urgent


def test_an_end_is_kept_as_resolved() -> None:
    book = Book([incident()])
    row = ended(book).rows[0]

    assert isinstance(row, IncidentRow)
    assert row.resolved_at == LATER + 5000
    assert ended(Book([incident()])).intents[0].action is Action.RESOLVE


def test_the_most_pressing_incident_is_listed_first() -> None:
    old_info = incident(key="a", urgency=Urgency.INFO, fault_at=1)
    page, older_page = incident(key="b", fault_at=3), incident(key="c", fault_at=2)
    ours = incident(key="d", scope="monitor", fault_at=0)

    book = Book([old_info, ours, page, older_page])

    assert [each.key for each in book.listed()] == ["c", "b", "d", "a"]
