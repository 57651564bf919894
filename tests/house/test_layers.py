"""Folders stand in one line, and each imports only what stands to its left."""

from tests.house.tree import ORDER, ROOT, code, imports

RULE = (
    f"A folder imports only what stands to its left: {' → '.join(ORDER)}.\n"
    "Move the code to the folder whose subject it is, or let the caller hand in what is needed "
    "(as `parse` is handed the kinds). See docs/architecture.md."
)


def offences(file: str, source: str) -> list[str]:
    own = file.partition("/")[0].removesuffix(".py")
    forbidden = {*ORDER[ORDER.index(own) + 1 :], "tests", "bench"}
    return [
        f"{file}:{found.line}: imports {found.name}" for found in imports(source) if found.top in forbidden
    ]


def test_no_folder_imports_what_stands_to_its_right() -> None:
    found = [offence for file in code() for offence in offences(file, (ROOT / file).read_text())]

    assert not found, "\n".join([*found, RULE])


def test_an_import_to_the_right_is_seen_wherever_it_stands() -> None:
    source = "def later():\n    from alerting.receivers import RECEIVERS\n"

    assert offences("slo/budget.py", source) == ["slo/budget.py:2: imports alerting.receivers.RECEIVERS"]


def test_nobody_imports_the_entry_point_or_the_tests() -> None:
    assert len(offences("commands/run.py", "import daemon\nfrom tests.fakes import pagerduty\n")) == 2


def test_an_import_to_the_left_or_of_a_neighbour_is_welcome() -> None:
    assert offences("slo/budget.py", "import slo.state, checks.model, probes.result\nimport json\n") == []
