"""Lines to results and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.result_fields import Mistake, result_of
from commands.results import HEADER, Format, lines_of, read
from probes.result import Outcome, Reason, Result

AT = 1_796_504_400_000  # 2026-12-05T21:00:00Z
GOOD = Result("front", "hq", AT, 0.25, Outcome.GOOD)
BAD = Result("front", "hq", AT + 30_002, 0.000001, Outcome.BAD, Reason.RESET, extra=True)
CSV = (
    "check,site,at,took,outcome,reason,extra\n"
    "front,hq,2026-12-05T21:00:00.000Z,0.250,good,,0\n"
    "front,hq,2026-12-05T21:00:30.002Z,0.000001,bad,reset,1\n"
)
JSON = (
    '{"check":"front","site":"hq","at":"2026-12-05T21:00:00.000Z","took":0.250,'
    '"outcome":"good","reason":null,"extra":0}\n'
    '{"check":"front","site":"hq","at":"2026-12-05T21:00:30.002Z","took":0.000001,'
    '"outcome":"bad","reason":"reset","extra":1}\n'
)


def understood(text: str) -> list[Result]:
    found = list(read(text.splitlines(keepends=True), "here"))
    assert not [one for one in found if isinstance(one, Mistake)]
    return [result_of(row) for row in found if not isinstance(row, Mistake)]


def mistakes(text: str) -> list[tuple[int, str]]:
    found = read(text.splitlines(keepends=True), "here")
    return [(one.line, one.message) for one in found if isinstance(one, Mistake)]


@pytest.mark.parametrize(("form", "text"), [("csv", CSV), ("jsonl", JSON)])
def test_results_are_written_a_line_each_and_read_again(form: Format, text: str) -> None:
    assert "".join(lines_of([GOOD, BAD], form)) == text
    assert understood(text) == [GOOD, BAD]


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
VERDICTS = st.sampled_from(
    [*((outcome, None) for outcome in Outcome), *((reason.outcome, reason) for reason in Reason)]
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    outcome, reason = draw(VERDICTS)
    return Result(
        draw(NAMES),
        draw(NAMES),
        draw(st.integers(31_536_000_000, 253_370_764_799_999)),
        draw(st.integers(0, 10**9)) / 1e6,
        outcome,
        reason,
        extra=draw(st.booleans()),
    )


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@given(made=st.lists(results(), min_size=1, max_size=5))
def test_whatever_is_written_reads_back_the_same(form: Format, made: list[Result]) -> None:
    lines = list(lines_of(made, form))

    assert [result_of(row) for row in read(lines, "here") if not isinstance(row, Mistake)] == made


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CSV,
        "\n \r\n" + CSV.replace("\n", "\r\n"),
        CSV.replace("\n", "\n\n"),
        CSV.replace("front", '"front"').replace("reset,1", '"reset", 1'),
        CSV.replace("check,site", " Check , Site"),
        JSON.replace("\n", "\r\n\r\n"),
        "\ufeff\n" + JSON,
        "extra,reason,outcome,took,at,site,check\n"
        "0,,good,0.25,1796504400,hq,front\n1,reset,bad,1e-6,1796504430.002,hq,front\n",
        '{"at": 1796504400, "check": "front", "site": "hq", "took": 0.25, "outcome": "good"}\n'
        '{"at": 1796504430.002, "check": "front", "site": "hq", "took": "1e-6", "outcome": "bad",'
        ' "reason": "reset", "extra": true}\n',
    ],
)
def test_the_same_may_be_written_in_many_ways(text: str) -> None:
    assert understood(text) == [GOOD, BAD]


def test_without_a_site_it_is_ours() -> None:
    assert understood("check,at,took,outcome\nfront,1796504400,0,good\n")[0].site == "here"
    assert understood(f"{HEADER}\nfront,,1796504400,0,good,,\n")[0].site == "here"


def test_a_header_alone_holds_nothing() -> None:
    assert understood(f"{HEADER}\n") == []


@pytest.mark.parametrize("text", ["", "\n \n", "\ufeff"])
def test_nothing_at_all_is_a_mistake(text: str) -> None:
    ((line, said),) = mistakes(text)

    assert (line, said) == (1, f"must have the header {HEADER}, or JSON lines: there is nothing in it")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("front,hq,1796504400,0.25,good,,0", "must be the header check,site,at"),
        ("check;site;at;took;outcome;reason", "columns are separated by commas"),
        ("check,site,took,outcome,reason", "must have a column at, as in the header"),
        ("check,at,took,outcome,resaon", 'must not have "resaon": did you mean "reason"?'),
        ("check,at,took,outcome,detail", 'must not have "detail": take it out'),
        ("check,at,took,outcome,at", "has the column at twice"),
    ],
)
def test_a_wrong_header_says_how_it_must_be(header: str, said: str) -> None:
    ((line, told),) = mistakes(f"\n{header}\nfront,1796504400,0,good,\n")

    assert line == 2
    assert said in told


def test_mistakes_have_the_line_on_which_they_stand() -> None:
    rows = [
        "front,1,0,good",
        '"fr\nont",1796504400,0,good',
        "",
        "front,1796504400,0",
        "front,1796504400,0,good",
    ]

    assert [line for line, _ in mistakes("\n".join(["", "check,at,took,outcome", *rows]))] == [3, 4, 7]


def test_a_quote_that_is_not_closed_ends_the_reading_where_it_begins() -> None:
    ((line, said),) = mistakes(
        'check,at,took,outcome\nfront,1796504400,0,good\n"front,1796504400,0,good\nx\n'
    )

    assert line == 3
    assert "are its quotes closed?" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"check": "front"', "must be a JSON object on a line of its own"),
        ("[1]", "must be a JSON object on a line of its own"),
        ("[" * 100_000, "must be a JSON object on a line of its own"),
        ('{"chekc": "front"}', 'must not have "chekc": did you mean "check"?'),
        ('{"check": ["front"], "at": 1796504400, "took": 0, "outcome": "good"}', "check: must be 1 to 127"),
        ('{"check": "front", "at": NaN, "took": 0, "outcome": "good"}', "at: must be a time such as"),
        ('{"check": "front", "at": 1796504400, "took": true, "outcome": "good"}', "took: must be seconds"),
    ],
)
def test_json_that_is_no_result_is_refused_in_its_place(line: str, said: str) -> None:
    ((number, told),) = mistakes(JSON + line + "\n" + JSON)

    assert number == 3
    assert told.startswith(said)
