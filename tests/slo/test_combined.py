import pytest

from slo.combined import Combined, fault_at
from slo.judge import Judge
from slo.timeline import Totals
from tests.slo.lives import check, counted, drawn, judged, live, ms, told

SSO = "0g 10g 20b 30b 40b 50g 60g 70g 80g"  # down 20-50
VPN = "0g 10g 20g 30g 40b 50b 60b 70g 80g"  # down 40-70


def pair(up_when: str | int) -> Combined:
    return Combined(up_when, [judged(SSO), judged(VPN)])


def test_all_is_down_while_any_member_is() -> None:
    assert drawn(pair("all"), 0, 90) == "up 0-20, down 20-70, up 70-90"


def test_any_is_down_while_all_members_are() -> None:
    assert drawn(pair("any"), 0, 90) == "up 0-40, down 40-50, up 50-90"


def test_k_of_the_members_suffice() -> None:
    two_of_three = Combined(2, [judged(SSO), judged(VPN), judged("0g 10g 20g 30g 40g 50g 60g 70g 80g")])

    assert drawn(two_of_three, 0, 90) == "up 0-40, down 40-50, up 50-90"


def test_overlap_is_counted_once() -> None:
    assert counted(pair("all"), 0, 90) == Totals(good=40, bad=50)


def test_unknown_matters_only_where_it_could_decide() -> None:
    members = [judged("0g 10u 20u 30g"), judged("0b 10b 20b 30b")]

    assert drawn(Combined("all", members), 0, 40) == "down 0-40"
    assert drawn(Combined("any", members), 0, 40) == "up 0-10, unknown 10-30, up 30-40"


def test_a_member_never_asked_is_unknown() -> None:
    members = [judged(SSO), Judge(check(name="vpn"))]

    assert drawn(Combined("all", members), 0, 60) == "unknown 0-20, down 20-50, unknown 50-60"
    assert drawn(Combined("any", members), 0, 60) == "up 0-20, unknown 20-50, up 50-60"


def test_without_members_nothing_is_known() -> None:
    empty = Combined("all", [])

    assert counted(empty, 0, 60) == Totals(unknown=60)
    assert (empty.settled, drawn(empty, 0, 60)) == (0, "unknown 0-60")


def test_it_is_settled_as_far_as_every_member_is() -> None:
    combined = Combined("all", [judged("0g 10g 20g"), judged("0g 15b 25b")])

    assert combined.settled == ms(15)


def test_it_follows_its_members() -> None:
    judge = judged("0g 10b 20b")
    combined = Combined("all", [judge])
    before = drawn(combined, 0, 30)
    live(judge, told("30b"))

    assert (before, drawn(combined, 0, 40)) == ("up 0-30", "up 0-10, down 10-40")


def test_a_stretch_of_a_member_is_looked_at_once() -> None:
    combined = pair("all")
    settled = combined.settled

    assert list(combined.timeline.stretches(ms(0), settled)) == list(combined.stretches(ms(0), settled))
    assert combined.settled == settled
    assert len(combined.timeline) == len([*combined.timeline.stretches(0, settled)])


def test_services_combine_by_the_same_rules() -> None:
    able_to_work = Combined(
        "all", [Combined("any", [judged(SSO), judged(VPN)]), judged("0g 20g 40g 60g 80u")]
    )

    assert drawn(able_to_work, 0, 90) == "up 0-40, down 40-50, up 50-80, unknown 80-90"


@pytest.mark.parametrize(("up_when", "fault"), [("all", 10), (2, 20), ("any", 30)])
def test_the_fault_is_the_outage_that_left_too_few(up_when: str | int, fault: int) -> None:
    judges = [judged(f"0g {at}b {at + 10}b {at + 20}b") for at in (30, 10, 20)]

    assert fault_at(judges, up_when) == ms(fault)


def test_the_fault_is_that_of_outages_that_last() -> None:
    judges = [judged("0b 10b 20b 30g 40g"), judged("0g 10g 20b 30b 40b")]

    assert fault_at(judges, "all") == ms(20)


def test_a_down_check_that_is_shown_unknown_counts_for_the_fault() -> None:
    judges = [judged("0b 10b 20b 30u"), judged("0g 10b 20b 30b")]

    assert (fault_at(judges, "all"), fault_at(judges, "any")) == (ms(0), ms(10))


def test_there_is_no_fault_while_nothing_is_down() -> None:
    with pytest.raises(ValueError, match="no check"):
        fault_at([judged("0g")], "all")
