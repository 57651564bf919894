import asyncio
from collections.abc import Sequence

import pytest
import trustme

from probes.net.dial import dial
from probes.net.dialogue import MOST, Dialogue, Step
from probes.net.stream import Stream
from probes.net.tls import secure
from probes.net.trust import Policy, context
from probes.result import Reason
from probes.tools import Failed, Tools
from tests.fakes.badhttp import Behaviour, serving
from tests.fakes.scripted import Cue, endless, plays
from tests.probes.asking import tools
from tests.probes.conftest import shows

HELLO = Step("hello", expect="^220 ")
ASK = Step("answer", send=b"EHLO me\r\n")
ANSWER = Step("answer", expect="^250 ")
TLS = Step("tls")


async def held(
    hands: Tools, behaviour: Behaviour, steps: Sequence[Step], ca_file: str = "", timeout: float = 5
) -> Failed | None:
    """Hold a dialogue with a server; give what is wrong."""

    async def start(plain: Stream) -> Stream:
        return await secure(hands, plain, "127.0.0.1", context(Policy(ca_file)))

    async with serving(behaviour) as port, dial(hands, "127.0.0.1", port) as plain:
        dialogue = Dialogue(hands, plain, start)
        try:
            async with asyncio.timeout(timeout):
                await dialogue.hold(steps)
        except Failed as failed:
            return failed
        finally:
            dialogue.close()
    return None


async def test_each_step_is_taken_in_its_turn_and_timed() -> None:
    hands = tools()
    server = plays(b"220-a\r\n220 b\r\n", Cue.LINE, b"250-a\r\n250 b\r\n", Cue.LINE)

    assert await held(hands, server, [HELLO, ASK, ANSWER]) is None
    assert list(hands.learned.phases) == ["resolve", "connect", "hello", "answer"]
    assert hands.learned.evidence == {}


async def test_what_is_awaited_may_have_come_already_and_counts_once() -> None:
    server = plays(b"220 a\r\n220 b\r\n")

    assert await held(tools(), server, [HELLO, HELLO]) is None
    assert await held(tools(), server, [HELLO, HELLO, HELLO]) is not None


async def test_the_rest_of_a_line_does_not_count_as_a_line() -> None:
    failed = await held(tools(), plays(b"2250\r\n9\r\n"), [Step("a", expect="^2")] * 2)

    assert failed
    assert failed.reason is Reason.ASSERTION


async def test_bytes_are_awaited_across_pieces() -> None:
    assert (
        await held(tools(), plays(b"\x00", 0.01, b"\xff"), [Step("a", expect=r"\x00\xff", least=2)]) is None
    )


async def test_a_match_of_nothing_passes_over_nothing() -> None:
    assert await held(tools(), plays(b"220 a\r\n"), [Step("a", expect=r"\b"), HELLO]) is None


@pytest.mark.parametrize(
    ("behaviour", "reason", "detail"),
    [
        (plays(), Reason.PROTOCOL, "the connection was closed without an answer"),
        (plays(b"\r\n"), Reason.PROTOCOL, "the connection was closed without an answer"),
        (plays(b"554 no\r\n"), Reason.ASSERTION, r"the connection was closed after '554 no\r\n'"),
        (plays(Cue.RESET), Reason.RESET, "the connection was broken off: Connection reset by peer"),
        (endless(b"221 x\n"), Reason.TOO_LARGE, f"over {MOST} bytes came, and not the right ones: '221 x"),
    ],
)
async def test_a_step_that_is_not_met_is_named_with_what_came(
    behaviour: Behaviour, reason: Reason, detail: str
) -> None:
    hands = tools()
    failed = await held(hands, behaviour, [HELLO])

    assert failed
    assert failed.reason is reason
    assert failed.detail.startswith(f"step 1 (expect): {detail}")
    assert hands.learned.evidence["dialogue"]["step"] == 1


@pytest.mark.parametrize(
    ("step", "said", "reason"),
    [
        (HELLO, b"", Reason.RESPONSE_TIMEOUT),
        (HELLO, b"22", Reason.RESPONSE_TIMEOUT),
        (HELLO, b"554 no\r\n", Reason.ASSERTION),
        (Step("a", expect=r"\x00\xff", least=2), b"\x00", Reason.RESPONSE_TIMEOUT),
        (Step("a", expect=r"\x00\xff", least=2), b"\x00\xfe", Reason.ASSERTION),
    ],
)
async def test_running_out_of_time_means_late_or_wrong(step: Step, said: bytes, reason: Reason) -> None:
    hands = tools()
    with pytest.raises(TimeoutError):
        await held(hands, plays(said, Cue.STAY), [step], timeout=0.1)

    assert hands.timeout_reason is reason
    assert hands.learned.evidence["dialogue"]["step"] == 1


async def test_a_wrong_answer_is_forgotten_with_the_next_step() -> None:
    hands = tools()
    with pytest.raises(TimeoutError):
        await held(hands, plays(b"hi\r\n220 a\r\n", Cue.STAY), [HELLO, ASK, ANSWER], timeout=0.1)

    assert hands.timeout_reason is Reason.RESPONSE_TIMEOUT


async def test_what_was_sent_is_not_shown_when_it_comes_back() -> None:
    hands = tools()
    steps = [Step("a", send=b"PASS hunter2\r\n"), ANSWER]
    failed = await held(hands, plays(Cue.LINE, b"you said PASS hunter2, hunter2?\r\n"), steps)

    assert failed
    assert failed.detail == r"step 2 (expect): the connection was closed after 'you said ***, ***?\r\n'"
    assert "hunter2" not in str(hands.learned.evidence)


async def test_tls_may_begin_in_the_middle(authority: trustme.CA, ca_file: str) -> None:
    hands, server = tools(), shows(authority.issue_cert("127.0.0.1"))
    behaviour = plays(b"220 a\r\n", Cue.LINE, b"250 g", 0.01, b"o\r\n", server, Cue.LINE, b"250 safe\r\n")
    steps = [HELLO, ASK, Step("b", expect="^250 "), TLS, ASK, Step("c", expect="safe")]

    assert await held(hands, behaviour, steps, ca_file) is None
    assert list(hands.learned.phases) == ["resolve", "connect", "hello", "answer", "b", "tls", "c"]
    assert "ssl_earliest_cert_expiry" in hands.learned.facts


async def test_the_rest_of_a_line_in_plain_text_is_no_answer_under_tls(
    authority: trustme.CA, ca_file: str
) -> None:
    server = plays(b"220 a safe one\r\n", shows(authority.issue_cert("127.0.0.1")))
    failed = await held(tools(), server, [HELLO, TLS, Step("c", expect="safe")], ca_file)

    assert failed
    assert (failed.reason, failed.detail) == (
        Reason.PROTOCOL,
        "step 3 (expect): the connection was closed without an answer",
    )


async def test_what_comes_before_tls_is_never_taken_as_if_under_it(ca_file: str) -> None:
    failed = await held(tools(), plays(b"220 a\r\n250 injected\r\n"), [HELLO, TLS], ca_file)

    assert failed
    assert failed.reason is Reason.PROTOCOL
    assert failed.detail.startswith(
        "step 2 (start_tls): something came before TLS that nobody asked for: '250"
    )
