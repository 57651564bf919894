"""Holds a conversation with a list of answers in place of a server."""

from collections.abc import Sequence

from probes.result import Reason
from probes.tools import Failed
from probes.wire.upgrade import Upgrade

MOST = 1000


def ended(upgrade: Upgrade, answers: Sequence[bytes]) -> list[bytes] | Reason | None:
    """Do the same, and give the reason where it fails."""
    try:
        return talk(upgrade, answers)
    except Failed as failed:
        return failed.reason


def talk(upgrade: Upgrade, answers: Sequence[bytes]) -> list[bytes] | None:
    """Give what was said up to the end, or None where the answers ran out before. Raises Failed."""
    said: list[bytes] = []
    conversation = upgrade.converse()
    turn = next(conversation)
    for answer in answers[:MOST]:
        said.append(turn.say)
        try:
            turn = conversation.send(answer)
        except StopIteration:
            return [each for each in said if each]
    return None
