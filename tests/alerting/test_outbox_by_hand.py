"""The same with an operator in between: messages hurried, dropped, and given again after a refusal."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from alerting.intent import Action, Intent
from alerting.lane import Over
from alerting.outbox_orders import again, why_not
from tests.alerting.test_outbox_interleavings import CAN, Interleavings


class ByHand(Interleavings):
    """Drops what is no resolve; those of what was announced would leave it open, as their command says."""

    def __init__(self) -> None:
        super().__init__()
        self.dead: list[Intent] = []
        self.dropped: set[str] = set()
        self.dropped_episodes: set[tuple[str, int]] = set()
        self.may_have_begun: set[tuple[str, int]] = set()  # of what was dropped before a crash

    def settle(self, over: list[Over]) -> None:
        self.dead += [each.intent for each in over if each.how == "dead"]
        super().settle(over)

    def droppable(self) -> list[str]:
        return sorted(id for id, each in self.unsettled.items() if each.action is not Action.RESOLVE)

    @precondition(lambda self: self.unsettled)
    @rule(data=st.data())
    def something_is_hurried(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.unsettled)))
        assert self.outbox.hurry(id) == (id not in self.flying)

    @precondition(lambda self: self.droppable())
    @rule(data=st.data())
    def something_is_dropped(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self.droppable()))
        self.dropped.add(id)
        self.dropped_episodes.add((self.unsettled[id].key, self.unsettled[id].episode))
        self.settle(self.outbox.drop(id, self.now))
        assert (id in self.outbox) == (id in self.flying)

    @precondition(lambda self: self.dead)
    @rule(data=st.data())
    def something_refused_is_given_again(self, data: st.DataObject) -> None:
        letter = data.draw(st.sampled_from(self.dead))
        self.now += 1
        self.numbers += 1
        given = again(letter, self.numbers, self.now)
        if not why_not(given, self.episodes[given.key], is_open=given.key in self.open):
            self.unsettled[given.id] = given
            self.settle(self.outbox.add(given, CAN, self.now))

    @rule()
    def the_process_dies_and_another_one_begins(self) -> None:
        super().the_process_dies_and_another_one_begins()
        self.may_have_begun |= self.dropped_episodes
        for id in sorted(self.dropped & self.unsettled.keys()):
            self.settle(self.outbox.drop(id, self.now))

    @invariant()
    def nothing_is_resolved_that_was_not_opened_before(self) -> None:
        """But for what was dropped in an earlier life: there it may have been announced, for all we know."""
        known = set(self.may_have_begun)
        for each in self.heard:
            assert each.action is not Action.RESOLVE or (each.key, each.episode) in known
            known.add((each.key, each.episode))

    def every_announcement_is_resolved_unless_it_is_still_true(self) -> None:
        told = {(each.key, each.episode) for each in self.heard}
        resolved = {(each.key, each.episode) for each in self.heard if each.action is Action.RESOLVE}
        assert told - resolved <= {(key, self.episodes[key]) for key in self.open}


TestByHand = ByHand.TestCase
TestByHand.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
