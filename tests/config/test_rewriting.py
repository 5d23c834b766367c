"""A file's text, changes of single values -> its text."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pulumi_posthog.config.fitting import plain
from pulumi_posthog.config.source import Source
from pulumi_posthog.export.rewriting import CannotWrite, Rewriting


def meant(text: str) -> Any:
    """What a text means to the product."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posthog.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        source = Source(path, environment={}, secret=None, offline=True)
    assert source.root is not None, source.problems
    assert not source.problems, source.problems
    return plain(source.root)


def changed(text: str, value: Any) -> str:
    """The text, made to mean `value`."""
    rewriting = Rewriting(text)
    rewriting.adapt(rewriting.source.root, meant(text), value)
    return rewriting.result()


FILE = """\
# The shop's own settings.
timezone: "Europe/Berlin"  # as the office
anonymize_ips: true
app_urls:
  # Ours
  - https://acme.io   # the shop
  - https://acme.com
filters:
  - {alias: a, regex: '\\d+'}
  - alias: b   # second
    regex: x
survey: {appearance: {color: 'red', position: right}, n: 5}

# The end.
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"timezone": "Europe/Paris"}, '"Europe/Berlin"  #', '"Europe/Paris"  #'),
        ({"anonymize_ips": False}, "ips: true", "ips: false"),
        (
            {"app_urls": ["https://acme.com"]},
            "  - https://acme.io   # the shop\n",
            "",
        ),
        (
            {"app_urls": ["https://acme.io", "https://acme.com", "https://b.io"]},
            "  - https://acme.com\n",
            "  - https://acme.com\n  - https://b.io\n",
        ),
        (
            {"survey": {"appearance": {"color": "it's", "position": "right"}, "n": 5}},
            "'red'",
            "'it''s'",
        ),
        ({"survey": {"appearance": {"position": "right"}, "n": 5}}, "color: 'red', ", ""),
        ({"survey": {"appearance": {"color": "red", "position": "right"}}}, ", n: 5}", "}"),
        (
            {"filters": [{"alias": "a", "regex": "\\d+"}, {"alias": "c", "regex": "x"}]},
            "alias: b   # second",
            "alias: c   # second",
        ),
        ({"filters": [{"alias": "a", "regex": "\\d+"}, {"regex": "x"}]}, "alias: b   # second\n    ", ""),
    ],
)
def test_only_what_changes_is_written(change, before, after):
    result = changed(FILE, {**meant(FILE), **change})

    assert result == FILE.replace(before, after)
    assert meant(result) == {**meant(FILE), **change}


def test_a_key_that_is_new_stands_behind_the_last_one():
    assert changed("a: 1\nb: {}\n# end\n", {"a": 1, "b": {"c": [1, 2]}, "d": {"e": "1"}}) == (
        'a: 1\nb: {c: [1, 2]}\nd: {e: "1"}\n# end\n'
    )


def test_the_last_line_may_lack_its_end():
    assert changed("a: 1", {"a": 1, "b": 2}) == "a: 1\nb: 2"


def test_ends_of_lines_stay_those_of_the_file():
    assert changed("a: 1\r\nb:\r\n  - x\r\n", {"a": 2, "b": ["x", "y"]}) == "a: 2\r\nb:\r\n  - x\r\n  - y\r\n"


@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        (
            "x-all: &all {a: 1}\none: {<<: *all}\ntwo: {<<: *all}\n",
            {"one": {"a": 2}, "two": {"a": 1}},
            "shared|share",
        ),
        ("one: &one {a: 1}\ntwo: *one\n", {"one": {"a": 2}, "two": {"a": 1}}, "share"),
        ("one: &one {a: 1}\ntwo: *one\n", {"one": {"a": 1}, "two": {"a": 2}}, "share"),
        ("one: &one {a: 1}\ntwo: *one\n", {"two": {"a": 1}}, "share"),
        ("one: !env [NAME, x]\n", {"one": "y"}, "!env"),
        ("one:\n  a: 1 # why\n  b: 2\n", {"one": 5}, "comment"),
    ],
)
def test_what_would_change_something_else_is_refused(text, value, why):
    before = meant(text)
    others = {key: before[key] for key in before if key.startswith("x-")}

    with pytest.raises(CannotWrite, match=why):
        changed(text, {**others, **value})


# -- any file, any change ------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(
        ["yes", "1", "~", "", "a: b", "# no", "it's", 'say "x"', " blank ", "two\nlines\n", "*star", "é☃😀"]
    ),
    st.text(alphabet="ab:#-'\" \n\\{}[],&*!%@`|>é\u2028\t", max_size=8),
)
SCALARS = st.one_of(
    TEXTS, st.booleans(), st.none(), st.integers(-99, 99), st.floats(-1, 1).map(lambda n: round(n, 3))
)
KEYS = st.one_of(st.sampled_from(["a", "b", "c", "x y", "1", "true"]), TEXTS.filter(lambda t: t != "<<"))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


class Hand:
    """Writes values as a person may: in any style, with comments."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.comments = 0

    def comment(self) -> str:
        if not self.draw(st.booleans()):
            return ""
        self.comments += 1
        return f"  # remark {self.comments}"

    def value(self, value: Any, indent: str, *, flow: bool) -> str:
        """What stands behind a colon or a dash, with the end of the line where it is no flow."""
        from pulumi_posthog.export.text import bracketed

        if isinstance(value, dict | list) and value and not flow and self.draw(st.booleans()):
            return self.comment() + "\n" + self.lines(value, indent)
        if isinstance(value, dict):
            inner = ", ".join(
                f"{bracketed(key)}: {self.value(item, '', flow=True)}" for key, item in value.items()
            )
            text = f"{{{inner}}}"
        elif isinstance(value, list):
            text = f"[{', '.join(self.value(item, '', flow=True) for item in value)}]"
        else:
            text = bracketed(value, self.draw(st.sampled_from([None, "'", '"'])))
        return text if flow else f" {text}{self.comment()}\n"

    def lines(self, value: Any, indent: str) -> str:
        from pulumi_posthog.export.text import bracketed

        text = ""
        for each in value:
            if self.draw(st.booleans()):
                self.comments += 1
                text += f"{indent}# remark {self.comments}\n"
            if isinstance(value, dict):
                text += f"{indent}{bracketed(each)}:{self.value(value[each], indent + '  ', flow=False)}"
            elif isinstance(each, dict) and each and self.draw(st.booleans()):
                body = self.lines(each, f"{indent}  ")
                text += (
                    f"{indent}- {body.lstrip()}"
                    if not body.lstrip().startswith("#")
                    else f"{indent}-\n{body}"
                )
            else:
                text += f"{indent}-{self.value(each, indent + '  ', flow=False)}"
        return text


@st.composite
def files(draw: Any) -> tuple[str, Any]:
    value = draw(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
    return Hand(draw).lines(value, ""), value


@st.composite
def changes(draw: Any, value: Any) -> Any:
    """A value that is like another one, but for some of it."""
    if draw(st.integers(0, 3)) == 0:
        return draw(VALUES)
    if isinstance(value, dict):
        result = {key: draw(changes(item)) for key, item in value.items() if draw(st.integers(0, 4))}
        return {**result, **draw(st.dictionaries(KEYS, VALUES, max_size=1))}
    if isinstance(value, list):
        result = [draw(changes(item)) for item in value if draw(st.integers(0, 4))]
        place = draw(st.integers(0, len(result)))
        return [*result[:place], *draw(st.lists(VALUES, max_size=1)), *result[place:]]
    return value


def remarks(text: str) -> list[str]:
    return re.findall(r"# remark \d+", text)


@settings(max_examples=80, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_any_change_of_any_file_means_what_it_should_and_loses_no_comment_of_what_stays(data):
    text, value = data.draw(files())
    assert meant(text) == value
    wanted = data.draw(changes(value).filter(lambda each: isinstance(each, dict)))
    rewriting = Rewriting(text)

    try:
        rewriting.adapt(rewriting.source.root, value, wanted)
        result = rewriting.result()
    except CannotWrite as refusal:
        assert "comment" in str(refusal)  # noqa: PT017
        return

    assert meant(result) == wanted
    assert set(remarks(result)) <= set(remarks(text))
    if wanted == value:
        assert result == text
