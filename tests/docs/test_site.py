"""The pages as a web site: built strictly, every page is in it, and the search knows them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from . import pages

sys.path.append(str(pages.REPOSITORY / "tools"))

SITE = pages.REPOSITORY / ".run" / "site"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The site, made by the step of the workflow that publishes it."""
    workflow = yaml.safe_load((pages.REPOSITORY / ".github/workflows/site.yml").read_text())
    (script,) = (each["run"] for each in workflow["jobs"]["build"]["steps"] if each.get("name") == "Build")
    runner = tmp_path_factory.mktemp("runner")
    (runner / "build/bin").mkdir(parents=True)
    python = runner / "build/bin/python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        env={**os.environ, "RUNNER_TEMP": str(runner)},
        cwd=pages.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "the site is in .run/site/\n", "")


@pytest.mark.usefixtures("built")
def test_every_page_is_on_the_site_and_nothing_comes_from_elsewhere():
    for page in pages.PAGES:
        place = page.relative_to(pages.REPOSITORY).with_suffix("")
        folder = place.parent if place.name == "README" else place
        text = (SITE / folder / "index.html").read_text()

        assert "<h1" in text, page
        assert not [each for each in ('src="http', '<link href="http', "@import") if each in text], page


@pytest.mark.usefixtures("built")
def test_the_search_finds_a_field_by_its_name():
    index = json.loads((SITE / "search" / "search_index.json").read_text())

    found = {each["location"].partition("#")[0] for each in index["docs"] if "anonymize_ips" in each["text"]}

    assert "docs/reference/project/" in found


def test_the_pictures_are_what_is_said_today_and_need_nothing_from_elsewhere():
    import pictures

    there = {path.name: path.read_text() for path in pictures.FOLDER.iterdir()}

    assert there == pictures.pictures(), "`make docs` makes them anew"
    assert [name for name, svg in there.items() if "url(http" in svg or "@font-face" in svg] == []
    assert "declared is" in there["drift.svg"].replace("&#160;", " ")
