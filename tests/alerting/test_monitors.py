from typing import Any

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.calendar import Calendar
from alerting.events import Decision
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.monitors import Condition, Monitors
from checks.model import Configuration, Route
from tests.alerting.hand import START, alerting, company, receiver
from tests.alerting.incidents import incident

BLIND = Condition("blind/internet", "blind on the internet network", START - 10_000)
STORE = Condition("store", "the store cannot be written", START)
SILENT = Condition("receiver/pager", "receiver pager does not deliver", START)
RECEIVERS = {name: receiver(name) for name in ("pager", "chat", "sms")}


def said(*routes: Route, **options: Any) -> Configuration:
    return company(receivers=RECEIVERS, alerting=alerting(*routes, **options))


def settled(
    book: Book, family: str, *holding: Condition, configuration: Configuration | None = None
) -> Decision:
    decision, configuration = Decision(), configuration or said()
    announcer = Announcer(book, Calendar(configuration))
    Monitors(book, announcer).settle(family, list(holding), Moment({}, configuration, START, decision))
    return decision


def test_a_condition_opens_one_incident_and_its_end_resolves_it() -> None:
    book = Book()
    (opened,) = settled(book, "store", STORE).opened
    assert settled(book, "store", STORE) == Decision()
    (resolved,) = settled(book, "store").resolved

    assert opened.key == resolved.key == "hq/monitor/store"
    assert (resolved.restored_at, resolved.resolved_at) == (START, START)


def test_what_is_wrong_with_ourselves_is_a_critical_page_since_it_began() -> None:
    (opened,) = settled(Book(), "blind", BLIND).opened

    assert (opened.urgency, opened.severity, opened.scope) == (Urgency.PAGE, "critical", "monitor")
    assert (opened.fault_at, opened.opened_at) == (START - 10_000, START)
    assert opened.text == BLIND.text


def test_a_family_leaves_those_of_others_alone() -> None:
    book = Book([incident(key="hq/monitor/blindfold", scope="monitor", name="blindfold")])
    settled(book, "store", STORE)

    assert settled(book, "blind").resolved == []
    assert len(book.open) == 2


def test_a_family_has_several_at_once_and_each_its_own_end() -> None:
    book = Book()
    other = Condition("blind/internal", "blind on the internal network", START)
    settled(book, "blind", BLIND, other)
    (resolved,) = settled(book, "blind", other).resolved

    assert resolved.name == "blind/internet"
    assert list(book.open) == ["hq/monitor/blind/internal"]


def test_an_incident_of_a_service_is_never_taken_for_one_of_ours() -> None:
    book = Book([incident(name="store", key="hq/service/store")])

    assert settled(book, "store").resolved == []


def test_one_about_a_receiver_goes_through_the_others() -> None:
    (opened,) = settled(Book(), "receiver", SILENT).opened

    assert opened.told == ("chat", "sms")


def test_one_about_the_only_receiver_goes_through_the_fallback() -> None:
    routed = said(Route(receivers=("pager",)), fallback="sms")
    (opened,) = settled(Book(), "receiver", SILENT, configuration=routed).opened

    assert opened.told == ("sms",)


def test_one_about_the_fallback_itself_goes_through_the_others() -> None:
    routed = said(Route(receivers=("pager",)), fallback="sms")
    silent = Condition("receiver/sms", "receiver sms does not deliver", START)
    (opened,) = settled(Book(), "receiver", silent, configuration=routed).opened

    assert opened.told == ("pager",)


def test_one_about_something_else_leaves_the_fallback_alone() -> None:
    routed = said(Route(receivers=("pager",)), fallback="sms")
    (opened,) = settled(Book(), "store", STORE, configuration=routed).opened

    assert opened.told == ("pager",)


def test_a_fallback_that_is_off_is_not_told() -> None:
    receivers = RECEIVERS | {"sms": receiver("sms", off="no key")}
    routed = company(receivers=receivers, alerting=alerting(Route(receivers=("pager",)), fallback="sms"))
    (opened,) = settled(Book(), "receiver", SILENT, configuration=routed).opened

    assert opened.told == ()


def test_a_route_may_send_what_is_wrong_with_ourselves_elsewhere() -> None:
    routed = said(Route(receivers=("chat",), match={"scope": "monitor"}), Route(receivers=("pager",)))
    (opened,) = settled(Book(), "store", STORE, configuration=routed).opened

    assert opened.told == ("chat",)
