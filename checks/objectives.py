"""Objectives: each entry of the section to its value."""

from fractions import Fraction

from checks.fit import Reading, section, walk
from checks.model import BurnRule, Objective, Policy
from checks.options import AtLeast, BurnOptions, ObjectiveOptions, PolicyOptions
from checks.source import Map, Path, Scalar


def counting(how: str | AtLeast) -> str | int:
    """Give how several are counted: all, any, or how many."""
    return how.at_least if isinstance(how, AtLeast) else how


def objective(name: str, key: Scalar, entry: Map, reading: Reading) -> Objective | None:
    """Make an objective, of one thing or of several services."""
    path: Path = ("objectives", name)
    about = entry.values.keys() & {"service", "services", "check"}
    if len(about) != 1:
        reading.refuse(key, path, "must name one of service, services and check")
    said = section(ObjectiveOptions, entry, key, path, reading)
    if said is None:
        return None
    if "services" in about and not said.services:
        reading.refuse(entry.values["services"], (*path, "services"), "must name at least one service")
    _judge_speed(said, key, entry, path, reading)
    _judge_policy(said, entry, path, reading)
    _judge_burn(said, entry, path, reading)
    return _made(name, said)


def _made(name: str, said: ObjectiveOptions) -> Objective:
    return Objective(
        name=name,
        target=said.target,
        window=said.window,
        services=(said.service,) if said.service else said.services,
        check=said.check,
        indicator=said.indicator,
        faster_than=said.faster_than,
        combine=counting(said.combine),
        during=said.during,
        policy=tuple(map(_policy, said.policy)),
        min_bad=said.min_bad,
        min_coverage=said.min_coverage,
        burn=None if said.burn is None else tuple(map(_burn, said.burn)),
    )


def _policy(said: PolicyOptions) -> Policy:
    return Policy(at=said.at, notify=said.notify, state=said.state or "", text=said.text)


def _burn(said: BurnOptions) -> BurnRule:
    return BurnRule(urgency=said.urgency, long=said.long, short=said.short, factor=said.factor)


def _judge_speed(said: ObjectiveOptions, key: Scalar, entry: Map, path: Path, reading: Reading) -> None:
    at = (*path, "faster_than")
    if said.indicator == "latency" and said.faster_than is None:
        reading.refuse(key, at, "is required with indicator: latency")
    elif said.indicator != "latency" and said.faster_than is not None:
        reading.refuse(entry.keys["faster_than"], at, "goes only with indicator: latency")


def _judge_policy(said: ObjectiveOptions, entry: Map, path: Path, reading: Reading) -> None:
    """Refuse two thresholds at the same share: they would be one incident."""
    seen: set[Fraction] = set()
    for index, one in enumerate(said.policy):
        if one.at in seen:
            node, at = walk(entry, ("policy", index, "at"))
            reading.refuse(node, (*path, *at), "this share has a threshold already")
        seen.add(one.at)


def _judge_burn(said: ObjectiveOptions, entry: Map, path: Path, reading: Reading) -> None:
    """Refuse rules that nothing fulfils: all bad is a burn rate of 1 / (1 - target)."""
    most = 1 / (1 - said.target)
    for index, rule in enumerate(said.burn or ()):
        if rule.factor >= most:
            node, at = walk(entry, ("burn", index, "factor"))
            reading.refuse(
                node, (*path, *at), f"is never reached: for this target it is less than {_short(most)}"
            )


def _short(number: Fraction) -> str:
    return f"{float(number):.6g}"
