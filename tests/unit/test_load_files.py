"""What is no scenario file is refused in a moment, with the line and the reason."""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.core.errors import InputError, Problem
from sim.scenario.load import load_scenario
from sim.scenario.source import parse, plain

type Refused = Callable[[str | bytes], tuple[Problem, ...]]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Return what is wrong with a file of the given content, found within a second."""

    def problems(content: str | bytes) -> tuple[Problem, ...]:
        file = tmp_path / "mine.yaml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        begun = time.process_time()
        with pytest.raises(InputError) as refusal:
            load_scenario(file)
        assert time.process_time() - begun < 1
        assert {p.file for p in refusal.value.problems} == {str(file)}
        return refusal.value.problems

    return problems


def only(problems: tuple[Problem, ...]) -> Problem:
    (problem,) = problems
    return problem


def test_a_missing_name_is_answered_with_near_names() -> None:
    with pytest.raises(InputError, match=r"price_wr:1: scenario: no scenario .* 'price_war'"):
        load_scenario("price_wr")


def test_a_missing_file_is_answered_with_near_names(tmp_path: Path) -> None:
    file = tmp_path / "price_wr.yaml"

    with pytest.raises(InputError, match="1: file: no such file; did you mean 'price_war'"):
        load_scenario(file)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1: file: not a file"):
        load_scenario(f"{tmp_path}/")


def test_a_file_without_the_right_to_read_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "mine.yaml"
    file.write_text("extends: base\n")
    monkeypatch.setattr(Path, "open", denied)  # root may read everything

    with pytest.raises(InputError, match="1: file: cannot be read: Permission denied"):
        load_scenario(file)


def test_a_device_that_never_ends_is_not_read() -> None:
    with pytest.raises(InputError, match="/dev/zero:1: file: not a file"):
        load_scenario("/dev/zero")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario("a" * 5_000 + ".yaml")


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "---\n", "~\n"])
def test_an_empty_file_is_told_how_to_begin(refused: Refused, content: str) -> None:
    problem = only(refused(content))

    assert (problem.line, problem.path) == (1, "file")
    assert problem.what == "is empty; write at least 'extends: base'"


def test_a_list_at_the_top_is_no_scenario(refused: Refused) -> None:
    problem = only(refused("# mine\n- extends: base\n"))

    assert (problem.line, problem.path) == (2, "file")
    assert "holds a list" in problem.what


def test_prose_is_no_scenario(refused: Refused) -> None:
    assert "holds text" in only(refused("Dear reader\n")).what


def test_what_is_not_yaml_is_refused_at_its_line(refused: Refused) -> None:
    problem = only(refused("extends: base\nmonths: [1, 2\nbranch: 2017-01\n"))

    assert (problem.line, problem.path) == (3, "yaml")
    assert problem.what.startswith("is not YAML: ")


def test_a_second_document_is_refused(refused: Refused) -> None:
    problem = only(refused("extends: base\n---\nextends: base\n"))

    assert problem.line == 2
    assert "second document" in problem.what


@pytest.mark.parametrize("indent", ["\t", "  \t"])
def test_a_tab_is_named_as_the_culprit(refused: Refused, indent: str) -> None:
    problem = only(refused(f"extends: base\npopulation:\n{indent}users: 5000\n"))

    assert problem.line == 3
    assert problem.what == "is indented with a tab; use spaces"


def test_binary_noise_is_not_text(refused: Refused) -> None:
    noise = bytes(range(256)) * 1_000

    problem = only(refused(noise))

    assert (problem.line, problem.path) == (2, "file")  # byte 10 ends the first line
    assert problem.what == "is not text: byte 0x80 is not UTF-8"


def test_control_characters_are_not_text(refused: Refused) -> None:
    problem = only(refused("extends: base\nabout: \0\n"))

    assert problem.line == 2
    assert "control character #x0000" in problem.what


def test_half_a_character_is_refused(refused: Refused) -> None:
    assert "half a character" in only(refused('about: {title: "\\ud800"}\n')).what


def test_an_escape_outside_unicode_is_refused(refused: Refused) -> None:
    assert "is not YAML" in only(refused('about: {title: "\\UFFFFFFFF"}\n')).what


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: "])
def test_thousands_of_brackets_are_refused_at_the_depth_limit(
    refused: Refused, opening: str
) -> None:
    problem = only(refused(opening * 5_000))

    assert (problem.line, problem.path) == (1, "yaml")
    assert problem.what == "is nested deeper than 50 levels"


def test_an_alias_bomb_never_unfolds(refused: Refused) -> None:
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    bomb = "\n".join(["a0: &a0 [x, x]", *levels])

    problem = only(refused(bomb))

    assert (problem.line, problem.path) == (1, "yaml")
    assert "anchors (&) and aliases (*) are not allowed" in problem.what


@pytest.mark.parametrize(
    "content", ["[" * 5_000, "a: &a [x, x]\nb: [*a, *a]\n", "# padding\n" * 100_001]
)
def test_hostile_files_take_little_memory(tmp_path: Path, content: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(content)

    tracemalloc.start()
    with pytest.raises(InputError):
        load_scenario(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10_000_000


def test_an_alias_alone_is_refused(refused: Refused) -> None:
    assert "aliases" in only(refused("extends: base\nmonths: *other\n")).what


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!mine", "!!str"])
def test_tags_are_refused(refused: Refused, tag: str) -> None:
    problem = only(refused(f"extends: base\nmonths: {tag} [echo]\n"))

    assert problem.line == 2
    assert problem.what.startswith("the tag ")


def test_a_file_over_the_size_limit_is_not_parsed(refused: Refused) -> None:
    problem = only(refused("# padding\n" * 100_001))

    assert (problem.line, problem.path) == (1, "file")
    assert "larger than 1,000,000 bytes" in problem.what


def test_more_values_than_any_scenario_has_are_refused(refused: Refused) -> None:
    problem = only(refused("extends: base\n" + "users: 1000\n" * 50_000))

    assert "more than 5,000 values" in problem.what


def test_a_key_must_be_a_word(refused: Refused) -> None:
    assert "a key must be text" in only(refused("{[1, 2]: 3}\n")).what
    assert "a key must be text" in only(refused(f"? {'k' * 101}\n: 3\n")).what


def test_equal_keys_are_reported_with_both_lines(refused: Refused) -> None:
    first, second = refused(
        "extends: base\n"
        "demand:\n"
        "  kappa: 4\n"
        "  elasticity: 0.6\n"
        "  kappa: 5\n"
        "months: 24\n"
        "demand: {}\n"
    )

    assert (first.line, first.path) == (5, "demand.kappa")
    assert first.what == "the key 'kappa' stands twice, in lines 3 and 5; keep one"
    assert (second.line, second.path) == (7, "demand")
    assert second.what == "the key 'demand' stands twice, in lines 2 and 7; keep one"


def test_equal_keys_inside_a_list_have_a_path(refused: Refused) -> None:
    problems = refused("extends: base\norders:\n  - {month: 2018-03, rule: a, rule: b,\n"
                       "     size: 0}\n")  # fmt: skip
    (twice,) = [problem for problem in problems if "stands twice" in problem.what]

    assert (twice.line, twice.path) == (3, "orders.0.rule")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2017-01", "2017-01"),  # a month, no subtraction and no date
        ("2017-01-01", "2017-01-01"),
        ("2015", 2015),
        ("-3", -3),
        ("+0.5", 0.5),
        ("1e3", 1000.0),
        ("off", "off"),
        ("no", "no"),  # Norway is no switch
        ("true", "true"),  # nor is a switch the number 1
        ("12:30", "12:30"),
        ("0x10", "0x10"),
        ("'5'", "5"),
        ("~", None),
        ("", None),
        ("9" * 400, float("inf")),
    ],
)
def test_scalars_are_read_as_yaml_1_2(text: str, value: object) -> None:
    assert plain(parse(f"key: {text}\n", "test").root) == {"key": value}


def test_windows_and_marked_files_load(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"\xef\xbb\xbfextends: base\r\nmonths: 24\r\n")

    assert load_scenario(file).months == 24
