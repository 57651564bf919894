from dataclasses import dataclass, field

from checks.values import Secret
from probes.masking import MASK, forms, mask, secrets


@dataclass(frozen=True)
class Login:
    password: Secret
    name: str = "probe"


@dataclass(frozen=True)
class Options:
    token: Secret = field(default_factory=lambda: Secret("t0ken"))
    login: Login = field(default_factory=lambda: Login(Secret("hunter2")))
    headers: dict[str, Secret] = field(default_factory=lambda: {"Authorization": Secret("bearer")})
    keys: tuple[Secret, ...] = field(default_factory=lambda: (Secret("first"), Secret("")))


def test_secrets_are_found_however_deep() -> None:
    assert set(secrets(Options())) == {"t0ken", "hunter2", "bearer", "first"}


def test_secrets_are_taken_out_of_texts_keys_and_lists() -> None:
    said = {"hunter2": ["a hunter2 b", 7], "n": {"x": "t0ken"}}

    assert mask(said, frozenset(secrets(Options()))) == {MASK: [f"a {MASK} b", 7], "n": {"x": MASK}}


def test_the_end_of_a_key_is_no_secret_that_was_cut() -> None:
    assert mask({"heartbeat": "a heartbeat"}, frozenset({"beat-token-1"})) == {"heartbeat": "a heart***"}


def test_the_longer_secret_goes_first() -> None:
    assert mask("abcdef", frozenset({"abc", "abcdef"})) == MASK


def test_of_a_secret_of_several_words_the_long_ones_are_secret_by_themselves() -> None:
    hidden = frozenset(secrets(Options(headers={"Authorization": Secret("Bearer s3cr3t-t0k3n")})))

    assert mask("Bearer of bad news: s3cr3t-t0k3n", hidden) == f"Bearer of bad news: {MASK}"


def test_a_secret_is_known_by_how_others_write_it() -> None:
    assert forms("plain-1") == {"plain-1"}
    assert forms('a/b&"') == {'a/b&"', "a%2Fb%26%22", 'a/b&\\"', 'a\\/b&\\"', "a/b&amp;&quot;"}


def test_of_a_text_that_was_cut_the_beginning_of_a_secret_is_taken_away() -> None:
    hidden = frozenset({"s3cr3t-t0k3n"})

    assert mask('it said "at s3cr3t-t0…", and s3cr3t', hidden) == f'it said "at {MASK}…", and {MASK}'
    assert mask("s3c", hidden) == "s3c"
