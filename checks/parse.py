"""The texts of `checks.yaml`, one or several, to a Configuration, or every mistake at once."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Literal, TypeVar

from checks import entries, planned
from checks.counts import judge_counts
from checks.files import read_text
from checks.fit import Reading, fit, known, not_set, part, section
from checks.inert import say_inert_of
from checks.interpolate import fill
from checks.kinds import COMMON, Kinds
from checks.limits import limits_for
from checks.merge import read_all
from checks.model import Check, Configuration, Retention, SelfCheck, Web
from checks.network import network_of
from checks.notes import Rule, notes
from checks.objectives import objective
from checks.options import (
    SECTIONS,
    CommonOptions,
    LimitsOptions,
    SelfCheckOptions,
    StoreOptions,
    TopOptions,
    WebOptions,
)
from checks.routing import alerting_from
from checks.rules import judge
from checks.shapes import options
from checks.source import ConfigError, List, Map, Node, Path, Problem, Scalar, uncollected
from checks.tree import blank

# Two names and two addresses, of two operators each: one of them alone proves nothing about us.
SELF_CHECKS = (
    SelfCheck(name="resolve:one.one.one.one", action="resolve", target="one.one.one.one"),
    SelfCheck(name="resolve:dns.google", action="resolve", target="dns.google"),
    SelfCheck(name="tcp:1.1.1.1:443", action="tcp", target="1.1.1.1:443"),
    SelfCheck(name="tcp:8.8.8.8:443", action="tcp", target="8.8.8.8:443"),
)
KIND = frozenset({"kind"})  # what every receiver has
TOP = frozenset({*options(TopOptions), *SECTIONS})

T = TypeVar("T")


def parse(
    texts: Mapping[str, str],
    *,
    kinds: Mapping[str, str],
    receivers: Mapping[str, str],
    environment: Mapping[str, str],
    read: Callable[[str], str] = read_text,
    rules: Iterable[Rule] = (),
) -> Configuration:
    """Understand one file whole, or several that are laid together; `texts` are theirs by name, at least one.

    `kinds` and `receivers` say where the class behind a word lives ("module:Class"; "" for one that comes
    with a later version); `read` gives the text of a file or raises OSError, or ValueError where it is none;
    `rules` say what is worth noting about a configuration that is right. Raises ConfigError with every
    mistake, by place.
    """
    with uncollected():
        root, problems = read_all(texts, TOP | TopOptions.later)
        filled = fill(root, environment, read)
        reading = Reading(filled.blanks, problems + filled.problems, filled.notes)
        asked = Kinds(kinds, COMMON)
        judge(filled.root, asked, reading)
        configuration = _configuration(filled.root, asked, Kinds(receivers, KIND), reading, read)
    if reading.problems:
        raise ConfigError(_once(reading.problems))
    return replace(configuration, notes=notes(configuration, filled.root, reading, rules))


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Keep the first mistake of an option at a place; what follows from it would only distract."""
    first: dict[tuple[str, int, int, str], Problem] = {}
    for each in problems:
        first.setdefault((each.file, each.line, each.column, each.path), each)
    return first.values()


def _configuration(
    root: Map, kinds: Kinds, receivers: Kinds, reading: Reading, read: Callable[[str], str]
) -> Configuration:
    names = options(TopOptions).keys()
    taken = known(root, TOP, (), reading, later=TopOptions.later)
    top = fit(TopOptions, part(root, names), root, (), reading, taken=taken) or TopOptions(version="1")
    checks = _checks(root, kinds, reading, taken)
    judge_counts(root, kinds, reading)
    say_inert_of(TopOptions.inert & set(SECTIONS), root, reading)
    store = _store(root, reading)
    return Configuration(
        site=top.site,
        timezone=top.timezone,
        compatibility=top.compatibility,
        services=entries.each(root, "services", reading, partial(entries.service, reading=reading)),
        checks=checks,
        objectives=entries.each(root, "objectives", reading, partial(objective, reading=reading)),
        maintenance=planned.maintenance(root, top.timezone, reading),
        receivers=entries.each(
            root, "receivers", reading, partial(entries.receiver, kinds=receivers, reading=reading)
        ),
        alerting=alerting_from(root, top.site, top.timezone, reading, read),
        reports=planned.listed(root, "reports", reading, planned.report),
        self_checks=_self_checks(root, reading),
        store=posixpath.join(posixpath.dirname(root.file), store.url),
        retention=Retention(results=store.results, size=store.size, history=store.history),
        limits=limits_for(_section(LimitsOptions, root, "limits", reading), checks.values(), root, reading),
        vendors=entries.each(root, "vendors", reading, partial(entries.vendor, reading=reading)),
        web=_web(_section(WebOptions, root, "web", reading)),
    )


def _checks(root: Map, kinds: Kinds, reading: Reading, taken: frozenset[str]) -> Mapping[str, Check]:
    making = entries.Checks(_defaults(root, reading), kinds, reading)
    checks = entries.each(root, "checks", reading, making.make)
    node = root.values.get("checks")
    is_empty = not node.values if isinstance(node, Map) else node is None or blank(node)
    if is_empty and "checks" not in taken:
        reading.refuse(root.keys.get("checks", root), ("checks",), "at least one check is required")
    return checks


def _defaults(root: Map, reading: Reading) -> Map:
    """Give the defaults that are right: a wrong one is refused once, where it stands, not at every check."""
    node = entries.section_map(root, "defaults", reading)
    before = len(reading.problems)
    section(CommonOptions, node, root.keys.get("defaults", root), ("defaults",), reading)
    wrong = {problem.path.split(".")[1] for problem in reading.problems[before:] if "." in problem.path}
    return part(node, COMMON - wrong)


def _section(cls: type[T], root: Map, title: str, reading: Reading) -> T:
    """Fill in a section; with its defaults where it is not written, or wrong."""
    node = entries.section_map(root, title, reading)
    return section(cls, node, root.keys.get(title, root), (title,), reading) or cls()


def _self_checks(root: Map, reading: Reading) -> tuple[SelfCheck, ...]:
    node = root.values.get("self_checks")
    if node is None:
        return SELF_CHECKS
    if not isinstance(node, List):
        reading.refuse(node, ("self_checks",), "must be a list; [] for none")
        return ()
    made: dict[str, SelfCheck] = {}
    for index, item in enumerate(node.items):
        one = _self_check(item, ("self_checks", index), reading)
        if one and one.name in made:
            reading.refuse(item, ("self_checks", index), "written twice")
        elif one:
            made[one.name] = one
    return tuple(made.values())


def _self_check(item: Node, path: Path, reading: Reading) -> SelfCheck | None:
    if not isinstance(item, Map):
        reading.refuse(item, path, "must be either {resolve: NAME} or {tcp: ADDRESS:PORT}")
        return None
    said = section(SelfCheckOptions, item, item, path, reading)
    if said is None:
        return None
    action: Literal["resolve", "tcp"] = "tcp" if said.tcp else "resolve"
    target = said.tcp or said.resolve or ""
    network = said.network or network_of(target)
    return SelfCheck(name=f"{action}:{target}", action=action, target=target, network=network)


def _store(root: Map, reading: Reading) -> StoreOptions:
    """Read the section, which may also be its URL alone."""
    node = root.values.get("store")
    if isinstance(node, Scalar) and not blank(node):
        if node.unset:
            reading.refuse(node, ("store",), not_set(node))
        wrapped = Map({"url": node}, {"url": node}, node.file, node.line, node.column)
        return fit(StoreOptions, wrapped, node, ("store",), reading) or StoreOptions()
    return _section(StoreOptions, root, "store", reading)


def _web(said: WebOptions) -> Web:
    host, _, port = said.listen.rpartition(":")
    return Web(host=host.strip("[]"), port=int(port), external_url=said.external_url or "")
