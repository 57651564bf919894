"""The page that lists every option of `checks.yaml`, as Markdown, made from the classes that read them."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, get_args

from pydantic_core import PydanticUndefined

from checks.alerting_options import AlertingOptions
from checks.calendar_options import MaintenanceOptions, ReportOptions
from checks.described import described
from checks.options import (
    AtLeast,
    CommonOptions,
    LimitsOptions,
    ObjectiveOptions,
    SelfCheckOptions,
    ServiceOptions,
    StoreOptions,
    StoreUrl,
    TopOptions,
    VendorOptions,
    WebOptions,
)
from checks.shapes import alternatives, is_secret
from checks.values import BYTES, SECONDS, Duration, Size

HEAD = """\
# Every option of checks.yaml

`make reference` writes this page from the program. [configuration.md](configuration.md) is the guide: how
values are written, what secrets are, and how the file is read. An option without a default is not set.
"""
# Headings, and the class that reads what stands under each.
SECTIONS: Mapping[str, Any] = {
    "Top level": TopOptions,
    "services.NAME": ServiceOptions,
    "defaults and checks.NAME": CommonOptions,
    "objectives.NAME": ObjectiveOptions,
    "maintenance[]": MaintenanceOptions,
    "alerting": AlertingOptions,
    "reports[]": ReportOptions,
    "self_checks[]": SelfCheckOptions,
    "store": StoreOptions,
    "limits": LimitsOptions,
    "vendors.NAME": VendorOptions,
    "web": WebOptions,
}
UNASKED = "*This version reads and checks its options, but does not ask it yet.*"
CONFIDED = " *A secret.*"
INERT = " *Read and checked, but not acted on yet.*"
# What the parser asks of every check although the class, which `defaults` shares, does not.
ASKED = {
    CommonOptions: {"kind": "required in a check", "service": "required in a check, but where it is evidence"}
}


def page(kinds: Mapping[str, Any], receivers: Mapping[str, Any]) -> str:
    """Write the page for these classes of checks and receivers, by their words."""
    parts = [HEAD, *(_part(title, shape) for title, shape in SECTIONS.items())]
    parts += [_kind("checks", word, cls) for word, cls in kinds.items()]
    parts += [_kind("receivers", word, cls) for word, cls in receivers.items()]
    return "\n".join(parts)


def _kind(section: str, word: str, cls: Any) -> str:
    text = "".join(f"    {line}\n" for line in cls.example.splitlines())
    entry = f"\n```yaml\n{section}:\n  my-{word.replace('_', '-')}:\n{text}```\n"
    asked = "" if getattr(cls, "asked", True) else f"\n{UNASKED}\n"
    return _part(f"{section}: kind {word}", cls, asked + _usual(cls) + entry)


def _usual(cls: Any) -> str:
    said = ", ".join(f"`{option}: {text}`" for option, text in getattr(cls, "usual", {}).items())
    return f"\nWhere the check itself does not say otherwise: {said}.\n" if said else ""


def _part(title: str, shape: Any, example: str = "") -> str:
    """Write a heading, what the class says of itself, its table, and those of the classes inside it."""
    inside = [_inner(path, each) for path, each in nested("", shape)]
    return "".join([f"## {title}\n\n{_words(shape)}\n{example}\n", _table(shape), *inside])


def _inner(path: str, shape: Any) -> str:
    return f"\n### {path}\n\n{_words(shape)}\n\n{_table(shape)}"


def _words(shape: Any) -> str:
    return (shape.__doc__ or "").partition("\n")[0]


def nested(path: str, shape: Any) -> Iterator[tuple[str, Any]]:
    """Give the classes that the options of a class are made of, with where each stands."""
    for name, field in fields(shape).items():
        for place, each in _classes(f"{path}.{name}" if path else name, field.annotation):
            yield place, each
            yield from nested(place, each)


def _classes(path: str, shape: Any) -> Iterator[tuple[str, Any]]:
    for each in alternatives(shape):
        if hasattr(each, "__pydantic_fields__") and each is not AtLeast:
            yield path, each
        elif arguments := get_args(each):
            mark = "[]" if arguments[-1] is Ellipsis else ".NAME"
            for inside in arguments:
                yield from _classes(path + mark, inside)


def _table(shape: Any) -> str:
    said, asked = described(shape), ASKED.get(shape, {})
    rows = ["| Option | Default | Means |", "| --- | --- | --- |"]
    for name, field in fields(shape).items():
        text = said.get(attribute(shape, name), "").replace("\n", " ").replace("|", "\\|")
        text += CONFIDED if is_secret(shape, (name,)) else ""
        text += INERT if name in getattr(shape, "inert", ()) else ""
        rows.append(f"| `{name}` | {asked.get(name) or default(field)} | {text} |")
    return "\n".join(rows) + "\n"


def fields(shape: Any) -> Mapping[str, Any]:
    """Give pydantic's fields of a class by the names that people write."""
    return {_written(name, field): field for name, field in shape.__pydantic_fields__.items()}


def attribute(shape: Any, option: str) -> str:
    """Give the attribute that holds an option."""
    names = {_written(name, field): name for name, field in shape.__pydantic_fields__.items()}
    return str(names[option])


def _written(name: str, field: Any) -> str:
    return str(field.alias or name)


def default(field: Any) -> str:
    """Write a default as people would, or that there is none; empty for nothing."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or value is None or hasattr(value, "__pydantic_fields__"):
        return ""
    if not value and not isinstance(value, bool | int):
        return ""
    return f"`{_text(value, field.metadata)}`"


def _text(value: Any, metadata: list[Any]) -> str:
    for type_, write in WRITTEN:
        if get_args(type_)[1] in metadata:
            return str(write(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{float(value * 100):g}%" if isinstance(value, Fraction) else str(value)


def duration(seconds: float) -> str:
    """Write seconds in the largest unit that needs no fraction."""
    unit = next(unit for unit in reversed(SECONDS) if Fraction(str(seconds)) % SECONDS[unit] == 0)
    return f"{Fraction(str(seconds)) / SECONDS[unit]}{unit}"


def size(count: int) -> str:
    """Write bytes in the largest unit that needs no fraction."""
    unit = next(unit for unit in reversed(BYTES) if count % BYTES[unit] == 0)
    return f"{count // BYTES[unit]}{unit}"


WRITTEN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (Duration, duration),
    (Size, size),
    (StoreUrl, "sqlite:///{}".format),
)
