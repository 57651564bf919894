"""`silence add|list|remove`: incidents that are not announced for a while, which ends by itself."""

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from itertools import product
from typing import Any

from alerting.form import instant
from alerting.intent import Urgency
from alerting.orders import Silence, SilenceMatch, match_of
from alerting.ourselves import FAMILIES
from alerting.routes import facets, matches
from alerting.unmatched import unmatched
from alerting.words import lasting
from checks.fit import Reading, section
from checks.model import Configuration, Route
from checks.shapes import guess, options
from checks.source import Map
from checks.times import read_instant
from checks.values import read_duration
from commands.context import Context, Status, Stop, unknown
from commands.operating import (
    by_whom,
    desk,
    instant_of,
    known_services,
    local,
    next_id,
    of_list,
    of_remove,
    orders_of,
    refuse,
    tree,
    zone_of,
)
from commands.parser import actions, by

LONGEST = 30 * 86_400_000  # ms
WORDS = tuple(options(SilenceMatch))


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {
            "add": ("keep incidents from being announced until an end", _arguments_of_add),
            "list": ("show what is silenced", of_list),
            "remove": ("let a silence end now", partial(of_remove, "silence")),
        },
    )


def _arguments_of_add(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--service",
        metavar="NAME",
        action="append",
        default=[],
        help="a service's incidents: the same as --match service=NAME; one service for each silence",
    )
    add(
        "--match",
        metavar="WORD=VALUE",
        action="append",
        default=[],
        help=f"what they must have: {', '.join(WORDS)}; labels.NAME=VALUE; may be repeated, all must agree",
    )
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--for", metavar="DURATION", dest="duration", type=by(read_duration), help="how long")
    until.add_argument("--until", metavar="TIME", type=by(read_instant), help="when it ends; 30 d at most")
    add("--reason", metavar="TEXT", required=True, help="why")
    by_whom(parser)


def run(context: Context) -> Status:
    """Do what was typed."""
    configuration = context.configuration()
    {"add": _add, "list": _list, "remove": _remove}[context.said.action](context, configuration)
    return Status.YES


def _add(context: Context, configuration: Configuration) -> None:
    zone, match = zone_of(configuration), _match(context)
    known_services([match["service"]] if "service" in match else [], configuration)
    if not context.said.reason.strip():
        raise Stop(Status.WRONG_USE, "--reason must say why: whoever is not told will ask")
    with desk(context, configuration) as held:
        end = _end(context, held.now, zone)
        name = next_id("silence", held.orders.ids)
        document = {"match": match, "start": held.now, "end": end, "reason": context.said.reason}
        held.write("silence.add", name, document)
    context.console.line(f"{name} holds {in_words(match)} until {local(end, zone)}")
    for doubt in doubts(match, configuration):
        context.console.complain(f"it matches nothing that is configured: {doubt}")


def _match(context: Context) -> Mapping[str, Any]:
    """Give what was typed as a match, judged as one in the file is."""
    typed: dict[str, list[str]] = {}
    for pair in [*(f"service={name}" for name in context.said.service), *context.said.match]:
        word, _, value = pair.partition("=")
        _judge_pair(pair, word)
        typed.setdefault(word, []).append(value)
    _judge_words(typed, context.said)
    written: dict[str, Any] = {}
    for word, (value,) in typed.items():
        held, name = written, word
        if word.startswith("labels."):
            held, name = written.setdefault("labels", {}), word.removeprefix("labels.")
        held[name] = value
    if not written:
        raise Stop(Status.WRONG_USE, "what is silenced? Say --service NAME, or --match WORD=VALUE")
    node, reading = tree(written), Reading({})
    assert isinstance(node, Map), "a mapping is a map"
    said = section(SilenceMatch, node, node, ("match",), reading)
    refuse(reading, {f"match.{word}": f"--match {word}" for word in WORDS})
    assert said is not None, "nothing was refused"
    return match_of(said)


def _judge_pair(pair: str, word: str) -> None:
    """Refuse what is no pair, an empty value, and an unknown word."""
    name = word.removeprefix("labels.")
    if not name or not pair.partition("=")[2] or word == "labels":
        example = "labels.NAME=VALUE" if word.startswith("labels") else "WORD=VALUE, such as service=sso"
        raise Stop(Status.WRONG_USE, f"--match {pair}: must be {example}")
    if word != f"labels.{name}" and word not in WORDS:
        meant = guess(word, WORDS)
        remedy = f'did you mean "{meant}"?' if meant else f"there is {', '.join(WORDS)}"
        raise Stop(Status.WRONG_USE, f"--match {pair}: no such word: {remedy}")


def _judge_words(typed: Mapping[str, Sequence[str]], said: Namespace) -> None:
    """Refuse words that were said twice: with one that wins, the other would be announced all the same."""
    twice = next((word for word, values in typed.items() if len(values) > 1), None)
    if twice is None:
        return
    each = [[(word, value) for value in dict.fromkeys(values)] for word, values in typed.items()]
    commands = [_command(pairs, said) for pairs in product(*each)]
    what = "service" if twice == "service" else f"value of {twice}"
    raise Stop(
        Status.WRONG_USE,
        f"{twice} is said twice: there is one silence per {what} (or a match by owner, tier, labels). Type:\n"
        + "\n".join(f"  {command}" for command in commands),
    )


def _command(pairs: Iterable[tuple[str, str]], said: Namespace) -> str:
    """Write the command that silences what has all of this, for as long as was typed."""
    words = ["watchkeeper", "silence", "add"]
    for word, value in pairs:
        words += ["--service", value] if word == "service" else ["--match", f"{word}={value}"]
    words += ["--until", said.until.isoformat()] if said.until else ["--for", _typed(said.duration)]
    words += ["--reason", said.reason, *(["--author", said.author] if said.author else [])]
    return shlex.join(words)


def _typed(seconds: float) -> str:
    """Write a length of time as it is typed."""
    units = (("d", 86_400), ("h", 3_600), ("m", 60))
    unit, length = next(
        ((unit, length) for unit, length in units if seconds and not seconds % length), ("s", 1)
    )
    return f"{seconds / length:.15g}{unit}"


def _end(context: Context, now: int, zone: tzinfo) -> int:
    """Give the end, which is later than now and not too far away."""
    said = context.said
    end = now + round(said.duration * 1000) if said.until is None else instant_of(said.until, zone, "--until")
    if end <= now:
        raise Stop(Status.WRONG_USE, "a silence must end later than now: --for 2h, or a later --until")
    if end > now + LONGEST:
        raise Stop(
            Status.WRONG_USE,
            "a silence lasts 30 d at most, so that none is forgotten: say --for 30d and renew it, or declare "
            "the time as maintenance",
        )
    return end


def doubts(match: Mapping[str, Any], configuration: Configuration) -> list[str]:
    """Say why no incident of this configuration could have what a silence asks for; nothing if one could."""
    alerting = replace(configuration.alerting, routes=(Route(receivers=(), match=match),))
    found = [f"{path[-1]}: {text}" for path, text in unmatched(replace(configuration, alerting=alerting))]
    if "name" in match and not _is_a_name(match["name"], configuration):
        found.append(f"name: nothing is called {match['name']}")
    if found or _could_be(match, configuration):
        return found
    return ["no incident has all of it"]


def _is_a_name(name: str, configuration: Configuration) -> bool:
    family, _, rest = name.partition("/")
    if family == "receiver":
        return rest in configuration.receivers
    return family in FAMILIES or name in configuration.services or name in configuration.checks


def _could_be(match: Mapping[str, Any], configuration: Configuration) -> bool:
    """Say whether some service's incident, or one about ourselves, could have all of it."""
    return any(matches(match, seen) for seen in _imaginable(match, configuration))


def _imaginable(match: Mapping[str, Any], configuration: Configuration) -> Iterator[Mapping[str, Any]]:
    """Give what could be seen of incidents, as far as the configuration says; some of ours have a service."""
    scopes = [match["scope"]] if "scope" in match else ["service", "monitor"]
    services = [*configuration.services.values(), None]
    for scope, urgency, service in product(scopes, Urgency, services):
        if scope != "service":
            yield {**facets(scope, urgency, service), "name": match.get("name", "")}
        elif service:
            yield {**facets(scope, urgency, service), "name": service.name}


def in_words(match: Mapping[str, Any]) -> str:
    """Write a match as it is typed."""
    labels = [f"labels.{name}={value}" for name, value in match.get("labels", {}).items()]
    return " ".join([*(f"{word}={value}" for word, value in match.items() if word != "labels"), *labels])


def _list(context: Context, configuration: Configuration) -> None:
    zone, now = zone_of(configuration), context.clock.now()
    silences = orders_of(context, configuration).silences.values()
    rows = [each for each in silences if context.said.all or now < each.end]
    if context.said.json:
        context.console.json([_shape(each, now) for each in rows])
    elif rows:
        heads = ("id", "match", "now", "until", "reason", "author")
        context.console.table(heads, [_row(each, zone, now) for each in rows])
    else:
        hint = "" if context.said.all else "; --all shows what is over"
        context.console.line(f"nothing is silenced{hint}")


def _row(silence: Silence, zone: tzinfo, now: int) -> tuple[str, ...]:
    left = f", {lasting(silence.end - now)} left" if now < silence.end else ""
    return (
        silence.id,
        in_words(silence.match),
        "now" if silence.start <= now < silence.end else "over" if silence.end <= now else "–",
        f"{local(silence.end, zone)}{left}",
        silence.reason,
        silence.author or "–",
    )


def _shape(silence: Silence, now: int) -> Mapping[str, Any]:
    return {
        "id": silence.id,
        "match": silence.match,
        "start": instant(silence.start),
        "end": instant(silence.end),
        "reason": silence.reason,
        "author": silence.author,
        "now": silence.start <= now < silence.end,
    }


def _remove(context: Context, configuration: Configuration) -> None:
    name = context.said.id
    with desk(context, configuration) as held:
        silences = held.orders.silences
        if name not in silences:
            raise unknown("silence", name, [each.id for each in silences.values() if each.end > held.now])
        if silences[name].end <= held.now:
            raise Stop(Status.WRONG_USE, f"{name} is over already")
        held.write("silence.remove", name, {})
    context.console.line(f"{name} ends now: what still fails is announced")
