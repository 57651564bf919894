"""`test-alert RECEIVER`: an open and a resolve, through the receiver's own form and over the network."""

import asyncio
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from alerting.intent import Action, Intent, Message, Urgency
from alerting.post import Poster
from alerting.receiver import Refused, Request, Retry, Sent, Target, Verdict
from checks.model import Configuration, Receiver
from commands.context import Context, Status, Stop, unknown
from commands.plain import plural
from probes.clock import Clock
from probes.masking import mask, secrets

TIMEOUT = 15.0  # seconds for one answer


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("receiver", metavar="RECEIVER", help="its name in the configuration")
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, and send nothing")


def run(context: Context) -> Status:
    """Send both, once each; 0 when the receiver accepted both, 4 when it did not."""
    configuration = context.configuration()
    receiver = _receiver(configuration, context.said.receiver)
    intents = messages(configuration, receiver, context.clock.now())
    if context.said.dry_run:
        for intent in intents:
            for line in shown(receiver, intent, context.clock.now()):
                context.console.line(line)
        return Status.YES
    verdicts = asyncio.run(_send(receiver, intents, context.clock))
    for intent, verdict in zip(intents, verdicts, strict=False):
        context.console.line(f"{intent.action.value}: {told(verdict)}")
    accepted = sum(isinstance(verdict, Sent) for verdict in verdicts)
    if accepted < len(intents):
        raise Stop(
            Status.CANNOT_RUN, f"{receiver.name} accepted {accepted} of {plural(len(intents), 'message')}"
        )
    return Status.YES


def _receiver(configuration: Configuration, name: str) -> Receiver:
    receiver = configuration.receivers.get(name)
    if receiver is None:
        raise unknown("receiver", name, configuration.receivers)
    if receiver.off:
        raise Stop(Status.CANNOT_RUN, f"receiver {name} is off: {receiver.off}")
    return receiver


def messages(configuration: Configuration, receiver: Receiver, now: int) -> list[Intent]:
    """Give an open and a resolve of an incident that is none, as urgent as the worst there is."""
    key = f"{configuration.alerting.prefix or configuration.site}/test/{receiver.name}"
    opened = Intent(
        id=f"{key}#1:open@{now}",
        receiver=receiver.name,
        key=key,
        episode=1,
        action=Action.OPEN,
        urgency=Urgency.PAGE,
        created_at=now,
        message=_message(configuration, now),
    )
    over = replace(opened.message, summary="Watchkeeper: the test is over", resolved_at=now)
    resolved = replace(opened, id=f"{key}#1:resolve@{now}", action=Action.RESOLVE, message=over)
    return [opened, resolved] if _target(receiver).abilities.resolves else [opened]


def _message(configuration: Configuration, now: int) -> Message:
    return Message(
        summary=f"Watchkeeper: a test from {configuration.site}. Nothing is wrong, nothing is to be done",
        severity="critical",
        scope="test",
        name="test",
        site=configuration.site,
        fault_at=now,
        opened_at=now,
        link=configuration.web.external_url,
        details={"what": "somebody typed `watchkeeper test-alert`; it is resolved at once"},
    )


async def _send(receiver: Receiver, intents: list[Intent], clock: Clock) -> list[Verdict]:
    """Send one after the other; what was refused for good has nothing to resolve."""
    poster, verdicts = Poster(), list[Verdict]()
    try:
        for intent in intents:
            if not any(isinstance(verdict, Refused) for verdict in verdicts):
                verdicts.append(await _try(receiver, intent, poster, clock))
    finally:
        await poster.close()
    return verdicts


async def _try(receiver: Receiver, intent: Intent, poster: Poster, clock: Clock) -> Verdict:
    target = _target(receiver)
    try:
        response = await poster.post(target.request(intent, clock.now()), TIMEOUT)
    except (OSError, TimeoutError) as error:
        return Retry(str(error))
    return target.read(response, clock.now())


def told(verdict: Verdict) -> str:
    """Say what a receiver answered."""
    if isinstance(verdict, Sent):
        return "accepted"
    if isinstance(verdict, Refused):
        return f"refused: {verdict.detail}"
    later = f", asks us to wait for {verdict.after:g} s" if verdict.after is not None else ""
    return f"not accepted now: {verdict.detail}{later}"


def shown(receiver: Receiver, intent: Intent, now: int) -> Iterator[str]:
    """Give the lines of a request as it would be sent, without its secrets."""
    request = _target(receiver).request(intent, now)
    hidden = frozenset(secrets(receiver.target))
    yield f"{intent.action.value}: {request.method} {mask(request.url, hidden)}"
    for name, value in request.headers.items():
        yield f"  {name}: {mask(value, hidden)}"
    yield from (f"  {line}" for line in json.dumps(mask(_body(request), hidden), indent=2).splitlines())


def _body(request: Request) -> Any:
    """Give the body as a tree, in which a secret stands as it is written, not as JSON escapes it."""
    text = request.body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _target(receiver: Receiver) -> Target:
    return cast(Target, receiver.target)
