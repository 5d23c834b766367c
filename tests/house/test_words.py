"""What all who read it have stumbled over stays out: of pages, messages and docstrings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ENDINGS = (".md", ".py", ".html", ".svg", ".yaml", ".yml", ".toml", "Makefile", "Containerfile")
# What is not to be written -> what to write in its place.
WORDS = {
    r"\brails?\b": "limits",
    r"\b(?:lies|lie) (?:in|below|between|outside|beside|behind|where)\b": "is in, are below",
    r", for (?:it|they|there|nobody|nothing|PostHog|Pulumi|all depend|that would|what they)\b": "because",
    r"\ba (?:word|way) of its own\b": "the name of the setting",
    r"\bnothing of it goes\b|\bgoes with (?:it|the|role|project)\b|\bgoes from the\b": "is deleted, is lost with",
    r"\bout of sight\b": "marks it as deleted",
}
SELF = Path(__file__).relative_to(REPOSITORY).as_posix()


def written() -> list[str]:
    """The files that people wrote or read, as the repository has them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return [
        name
        for name in listed.splitlines()
        if name.endswith(ENDINGS) and name != SELF and (REPOSITORY / name).is_file()
    ]


@pytest.mark.parametrize("word", WORDS, ids=WORDS.values())
def test_a_word_that_readers_stumbled_over_is_not_written(word: str):
    pattern = re.compile(word)

    found = [
        f"{name}:{number}: {line.strip()}"
        for name in written()
        for number, line in enumerate((REPOSITORY / name).read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == [], f"write: {WORDS[word]}"


def test_what_it_will_not_do_begins_with_it_never():
    _, _, text = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("## What it will not do\n")
    bullets = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("* ")]

    assert len(bullets) > 5
    assert [line for line in bullets if not line.startswith("* **It never ")] == []
