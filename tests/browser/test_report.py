"""The report for the browser, in a real one: light and dark, wide and narrow, and nothing from the net."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from pulumi_posthog.drift.finding import Finding, Report, Status, Who
from pulumi_posthog.report import rendered
from pulumi_posthog.values.picture import Box, Change, Picture
from pulumi_posthog.values.problem import Position

LONG = "a/" * 100
FINDINGS = (
    Finding(
        status=Status.CHANGED,
        kind="project",
        object="projects.Web",
        path="projects.Web.timezone",
        live="UTC",
        declared="Europe/Berlin",
        where=Position("posthog.yaml", 7, 5),
        who=Who("ana@acme.io", "2026-11-21T10:17:55Z"),
    ),
    Finding(
        status=Status.CHANGED,
        kind="dashboard",
        object="projects.Web.dashboards.Growth",
        path="projects.Web.dashboards.Growth.tiles.Signups.layouts.sm.w",
        live=12,
        declared=6,
        picture=Picture(
            12,
            (Box("Signups", 0, 0, 12, 5, Change.MOVED), Box("A note", 0, 9, 3, 2, Change.ONLY_HERE)),
            (Box("Signups", 0, 0, 6, 5, Change.MOVED), Box("Orders " * 20, 6, 0, 6, 5)),
        ),
    ),
    *(
        Finding(
            status=status, kind="role", object=path, path=path, whole=True, message="says why", hint="try"
        )
        for status, path in (
            (Status.GONE, "roles.Guests"),
            (Status.UNDECLARED, f"projects.Web.file_system.{LONG}"),
            (Status.PENDING, "roles.Soon"),
            (Status.UNREAD, "roles.Ops"),
            (Status.REFUSED, "roles"),
        )
    ),
)
REPORT = Report(host="https://eu.posthog.com", organization="0191c0de", findings=FINDINGS, exit=4)
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of this size
# Each text on the page: what it says, its colour, and the colour of whatever opaque is behind it.
TEXTS = """
const behind = element => {
  for (let each = element; each; each = each.parentElement) {
    const colour = getComputedStyle(each).backgroundColor;
    if (!colour.endsWith(", 0)")) return colour;
  }
  return "rgb(255, 255, 255)";
};
return [...document.body.querySelectorAll("*")]
  .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(each => [each.textContent.trim(), getComputedStyle(each).color, behind(each)]);
"""


@pytest.fixture
def opened(browser: webdriver.Chrome, tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """The browser with the report in it; afterwards it is as it was."""
    size = browser.get_window_size()
    (tmp_path / "drift.html").write_text(rendered(REPORT, "html"), encoding="utf-8")
    browser.get_log("browser")  # what other pages said, because the browser is shared
    browser.get((tmp_path / "drift.html").as_uri())
    yield browser
    browser.save_screenshot(str(tmp_path / "last.png"))
    browser.set_window_size(size["width"], size["height"])
    wear(browser, "light")


def wear(browser: webdriver.Chrome, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of "rgb(1, 2, 3)"."""
    parts = [int(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_every_word_can_be_read_in_light_and_in_dark(opened: webdriver.Chrome, scheme: str, is_dark: bool):
    wear(opened, scheme)

    texts: list[tuple[str, str, str]] = opened.execute_script(TEXTS)

    ground = opened.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (luminance(ground) < 0.1) is is_dark
    assert {status.title for status in Status} <= {text.rstrip(" 0123456789") for text, _, _ in texts}
    for text, ink, paper in texts:
        darker, lighter = sorted((luminance(ink), luminance(paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST, (text, ink, paper)


@pytest.mark.parametrize("width", [1280, 420])
def test_nothing_sticks_out_whatever_the_width(opened: webdriver.Chrome, width: int):
    # A window has a least width of its own; a device has not.
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    wide: dict[str, Any] = opened.execute_script(
        "const {scrollWidth, clientWidth} = document.documentElement; return {scrollWidth, clientWidth}"
    )
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert wide["scrollWidth"] <= wide["clientWidth"] <= width


def test_boxes_of_a_layout_stand_where_the_layout_says_side_by_side_with_the_declared_ones(
    opened: webdriver.Chrome,
):
    grids = [
        {each.text: each.rect for each in grid.find_elements(By.TAG_NAME, "li")}
        for grid in opened.find_elements(By.CSS_SELECTOR, "figure ul")
    ]
    live, declared = grids
    orders = next(rect for name, rect in declared.items() if name.startswith("Orders"))

    assert live["Signups"]["width"] == pytest.approx(2 * declared["Signups"]["width"], rel=0.1)
    assert live["Signups"]["x"] == live["A note"]["x"] < declared["Signups"]["x"] < orders["x"]
    assert live["A note"]["y"] > live["Signups"]["y"] + live["Signups"]["height"]
    assert orders["y"] == declared["Signups"]["y"]
    assert orders["width"] == pytest.approx(declared["Signups"]["width"], abs=2)


def test_a_count_leads_to_its_table(opened: webdriver.Chrome):
    opened.find_element(By.LINK_TEXT, "1 would be refused").click()

    assert opened.current_url.endswith("#would_be_refused")
    assert opened.find_element(By.ID, "would_be_refused").is_displayed()


def test_nothing_is_fetched_but_the_page_itself(opened: webdriver.Chrome):
    loaded = opened.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
    outside = opened.execute_script(
        "return [...document.querySelectorAll('script, link, img, iframe, [src]')].map(each => each.outerHTML)"
    )

    assert (loaded, outside) == ([], [])
    errors = [json.dumps(each) for each in opened.get_log("browser") if each["level"] == "SEVERE"]
    assert errors == []
