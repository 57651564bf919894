"""Feeds one parser what atheris thinks of, led by the coverage of our code: `make fuzz`.

.venv/bin/python -m tests.fuzz.run TARGET FOLDER [options of libFuzzer, such as -max_total_time=60]

A target is a file `fuzz_<target>.py` beside this one. Its `one(data)` hands bytes to a parser and raises
where that does anything but understand them or refuse them as is agreed. `SEEDS` are messages to begin with;
what was found worth keeping stays in FOLDER for the next run, and what broke a parser too.
"""

import sys
from importlib import import_module
from pathlib import Path

import atheris

OURS = ("probes", "checks", "web")
LONGEST = 16_384  # bytes of one message


def main(target: str, folder: str, options: list[str]) -> None:
    """Run until something is found, or as the options say. Does not return: libFuzzer ends the process."""
    with atheris.instrument_imports(include=list(OURS)):
        module = import_module(f"tests.fuzz.fuzz_{target}")
    corpus = Path(folder) / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(module.SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    bounds = [
        f"-max_len={LONGEST}",
        "-timeout=10",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={folder}/{target}-",
    ]
    atheris.Setup([sys.argv[0], *bounds, *options, str(corpus)], module.one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
