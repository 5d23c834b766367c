"""Whatever stands in a file, it is a configuration or a ConfigError: never another exception, never a traceback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.soak import examples
from pulumi_posthog import config
from pulumi_posthog.config import source
from pulumi_posthog.config.configuration import Configuration
from pulumi_posthog.values.problem import ConfigError
from pulumi_posthog.values.secret_text import SecretText

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme" / "posthog.yaml"
ENVIRONMENT = {
    "POSTHOG_HOST": "https://eu.posthog.com",
    "POSTHOG_ORGANIZATION_ID": "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c",
    "ORDERS_HOOK_TOKEN": "hush-hush",
    "COPY_PROJECT_TOKEN": "hush-hush-too",
}
TEXT = EXAMPLE.read_text(encoding="utf-8")
# Pieces that break things: YAML's own signs, our tags, values of other types, odd characters.
PIECES = st.sampled_from(
    ["\n", "\t", "  ", ":", "- ", "? ", "{", "}", "[", "]", ",", "#", "&a ", "*a", "<<: ", "*privacy", "!", "!!",
     "!env ", "!env X", "!env []", "!secret x", "!include x", "!include .", "!include '*'", "!include ../*",
     "!include posthog.yaml", "!!binary aGk=", "!!set {a}", "!<x>", "|\n", ">-\n", "'", '"', "\\", '"\\ud800"', '"\\0"',
     "null", "~", "true", "1", "-1", "1e9999", "9" * 400, ".nan", "0x1", "1:2:3", "2026-01-01", "{}", "[]",
     "%YAML 1.1\n---\n", "---\n", "...\n", "é", "\u2028", "\ufeff", "\x85", "\U0001f600", "state: absent",
     "previously: Shop", "id: 1", "mode: additive", "x-y: 1\n", "/", "//"]
)  # fmt: skip
MUTATION = st.tuples(
    st.sampled_from(["insert", "delete", "replace", "copy line", "drop line", "indent"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 12),
    PIECES,
)


def mutated(text, mutations):
    """`text` after some accidents."""
    for what, share, length, piece in mutations:
        at = int(share * len(text))
        lines = text.split("\n")
        line = int(share * len(lines))
        if what == "insert":
            text = text[:at] + piece + text[at:]
        elif what == "delete":
            text = text[:at] + text[at + length :]
        elif what == "replace":
            text = text[:at] + piece + text[at + length :]
        elif what == "copy line":
            text = "\n".join([*lines[:line], lines[line], *lines[line:]])
        elif what == "drop line":
            text = "\n".join(lines[:line] + lines[line + 1 :])
        else:
            text = "\n".join([*lines[:line], " " * length + lines[line].lstrip(), *lines[line + 1 :]])
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("fuzz")
        patch.chdir(folder)
        yield folder


def outcome(data, **options):
    """What loading comes to: what is declared, or what is wrong."""
    path = Path("posthog.yaml")
    path.write_bytes(data)
    try:
        return config.load(path, environment=ENVIRONMENT, **options)
    except ConfigError as error:
        return error.problems


def check(result):
    """Every outcome can be shown, has places, and tells no secret."""
    if isinstance(result, Configuration):
        assert result.entries
        assert all(
            entry.where is not None and entry.kind.by_name.keys() >= entry.fields.keys()
            for entry in result.entries
        )
        assert len(result.by_name) == len(result.entries)
        assert "hush" not in repr(result)
        return
    assert result
    for problem in result:
        assert "hush" not in str(problem)
        assert problem.where is not None
        assert problem.where.line >= 1
        assert problem.where.column >= 1
        # Not the words of a library: neither Python's types nor jsonschema's messages.
        assert not re.search(
            r"<class|NoneType|is not of type|is not valid under|object at 0x", problem.message
        )


@settings(**examples(400))
@given(mutations=st.lists(MUTATION, min_size=1, max_size=6), offline=st.booleans())
def test_a_damaged_file_is_refused_or_read(folder, mutations, offline):
    check(outcome(mutated(TEXT, mutations).encode(errors="surrogatepass"), offline=offline))


@settings(**examples(200))
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(folder, data):
    check(outcome(data))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
    | st.sampled_from(["projects", "roles", "members", "timezone", "UTC", "a@b.io", "folder", "absent", "additive"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["projects", "roles", "Web", "members", "mode", "items", "timezone", "file_system", "config", "type",
                 "hog_functions", "ref", "path", "plugin", "state", "previously", "id", "app_urls", "x-a"]
            )
            | st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@settings(**examples(300))
@given(
    sections=st.fixed_dictionaries({}, optional={"projects": VALUES, "roles": VALUES}),
    body=st.dictionaries(st.sampled_from(["Web", "Shop", "web", " Web"]), VALUES, max_size=3),
)
def test_any_values_in_any_place_are_refused_or_read(folder, sections, body):
    header = {"host": "https://eu.posthog.com", "id": "0191c0de-7e3a-0000-8000-0c6f5d1a2b3c"}
    tree = {"organization": header, **sections}
    if isinstance(tree.get("projects"), dict):
        tree["projects"] = {**tree["projects"], **body}

    check(outcome(yaml.safe_dump(tree, allow_unicode=True).encode()))


@settings(**examples(100))
@given(mutations=st.lists(MUTATION, min_size=1, max_size=4))
@example(mutations=[("insert", 0.3125, 1, "\ufeff")])  # at the end of a URL: a part of it to one of them
def test_both_parsers_say_the_same_of_a_damaged_file(folder, mutations):
    text = mutated(TEXT, mutations).encode(errors="surrogatepass")
    fast = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "Events", yaml.SafeLoader)
        slow = outcome(text)

    # They differ in their words for bad syntax, and in where a tab may stand; in what they read, they must not.
    if isinstance(fast, Configuration) and isinstance(slow, Configuration):
        assert [(entry.name, entry.fields, entry.positions) for entry in fast.entries] == [
            (entry.name, entry.fields, entry.positions) for entry in slow.entries
        ]


def test_the_undamaged_file_is_read(folder):
    desired = outcome(TEXT.encode())

    assert isinstance(desired, Configuration)
    check(desired)
    secrets = [
        value
        for entry in desired.entries
        for field in ("config", "inputs")
        for value in _leaves(entry.fields.get(field) or {})
        if isinstance(value, SecretText)
    ]
    assert [secret.source for secret in secrets] == ["!env ORDERS_HOOK_TOKEN", "!env COPY_PROJECT_TOKEN"]


def _leaves(value):
    return [leaf for item in value.values() for leaf in _leaves(item)] if isinstance(value, dict) else [value]
