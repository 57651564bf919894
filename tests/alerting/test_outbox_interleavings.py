"""Any order of decisions, tries, answers and crashes: what the receiver hears must make sense to a person."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alerting.intent import Action, Intent
from alerting.lane import Over
from alerting.outbox import Outbox
from alerting.receiver import Abilities
from tests.alerting.intents import NOW, intent, message

CAN = Abilities(per_minute=20, at_once=2)
KEYS = st.sampled_from(["a", "b", "c"])


class Interleavings(RuleBasedStateMachine):
    """The world around an outbox: an engine that decides, a store that keeps rows, a receiver that hears.

    The store is written before anything is tried, and told what is over after that, as the daemon does it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.outbox = Outbox()
        self.unsettled: dict[str, Intent] = {}
        self.tried: set[str] = set()
        self.flying: set[str] = set()
        self.heard: list[Intent] = []  # each request that may have arrived, in order
        self.episodes: dict[str, int] = {}
        self.opened_at: dict[str, int] = {}
        self.open: set[str] = set()
        self.numbers = 0

    def decide(self, action: str, key: str) -> None:
        self.numbers += 1
        given = intent(
            action,
            key=key,
            episode=self.episodes[key],
            n=self.numbers,
            created_at=self.now,
            message=message(opened_at=self.opened_at[key]),
        )
        self.unsettled[given.id] = given
        self.settle(self.outbox.add(given, CAN, self.now))

    def settle(self, over: list[Over]) -> None:
        for each in over:
            self.unsettled.pop(each.intent.id)

    @rule(key=KEYS)
    def something_fails(self, key: str) -> None:
        if key not in self.open:
            self.open.add(key)
            self.episodes[key] = self.episodes.get(key, 0) + 1
            self.opened_at[key] = self.now
            self.decide("open", key)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), action=st.sampled_from(["update", "open"]))
    def something_is_said_again(self, data: st.DataObject, action: str) -> None:
        self.now += 1  # never in the instant in which it began
        self.decide(action, data.draw(st.sampled_from(sorted(self.open))))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def something_recovers(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.open)))
        self.open.remove(key)
        self.decide("resolve", key)

    @rule()
    def a_try_begins(self) -> None:
        if chosen := self.outbox.next("oncall", self.now):
            first = self.outbox.began(chosen.id, self.now)
            assert first == (chosen.id not in self.tried)
            self.tried.add(chosen.id)
            self.flying.add(chosen.id)
            self.heard.append(chosen)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), how=st.sampled_from(["sent", "sent", "dead", "again"]), wait=st.integers(0, 90_000))
    def a_try_ends(self, data: st.DataObject, how: str, wait: int) -> None:
        id = data.draw(st.sampled_from(sorted(self.flying)))
        self.flying.remove(id)
        if how == "again":
            self.settle(self.outbox.rests(id, self.now + wait, self.now))
        else:
            self.settle(self.outbox.ended(id, "sent" if how == "sent" else "dead", "", self.now))

    @rule(seconds=st.integers(1, 120))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * 1000

    @rule()
    def the_process_dies_and_another_one_begins(self) -> None:
        self.outbox, self.flying = Outbox(), set()
        for each in list(self.unsettled.values()):
            self.settle(self.outbox.add(each, CAN, self.now, tried=each.id in self.tried))

    @invariant()
    def what_the_store_holds_unsettled_is_what_the_outbox_holds(self) -> None:
        assert all(id in self.outbox for id in self.unsettled)
        assert len(self.outbox) == len(self.unsettled)

    @invariant()
    def no_open_or_update_comes_after_the_resolve_of_its_episode(self) -> None:
        resolved: set[tuple[str, int]] = set()
        for each in self.heard:
            if each.action is Action.RESOLVE:
                resolved.add((each.key, each.episode))
            else:
                assert (each.key, each.episode) not in resolved

    @invariant()
    def episodes_are_heard_in_order(self) -> None:
        for key in self.episodes:
            heard = [each.episode for each in self.heard if each.key == key]
            assert heard == sorted(heard)

    @invariant()
    def nothing_is_resolved_that_was_not_opened_before(self) -> None:
        opened: set[tuple[str, int]] = set()
        for each in self.heard:
            assert each.action is not Action.RESOLVE or (each.key, each.episode) in opened
            opened.add((each.key, each.episode))

    def teardown(self) -> None:
        """From any state: once the receiver says yes, it hears of every recovery that it must hear of."""
        for id in sorted(self.flying):
            self.settle(self.outbox.ended(id, "sent", "", self.now))
        while self.outbox.places():
            self.now = max(self.now, self.outbox.due_at("oncall", self.now) or self.now)
            chosen = self.outbox.next("oncall", self.now)
            assert chosen, "something waits, its time has come, and nothing is chosen"
            self.outbox.began(chosen.id, self.now)
            self.heard.append(chosen)
            self.settle(self.outbox.ended(chosen.id, "sent", "", self.now))
        self.every_announcement_is_resolved_unless_it_is_still_true()
        self.nothing_is_resolved_that_was_not_opened_before()
        self.no_open_or_update_comes_after_the_resolve_of_its_episode()

    def every_announcement_is_resolved_unless_it_is_still_true(self) -> None:
        told = {(each.key, each.episode) for each in self.heard}
        resolved = {(each.key, each.episode) for each in self.heard if each.action is Action.RESOLVE}
        still_true = {(key, self.episodes[key]) for key in self.open}
        assert told - resolved == told & still_true
        # What is still true has been told, whatever happened on the way.
        assert still_true <= told


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
