"""Debian's Chromium without a window, and the page of the test's sandbox in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from browser.page import AdminPage
from harness.sandbox import Sandbox

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",  # containers have little of it
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One Chromium for all tests, with a profile of its own."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        missing = "there is no chromium or no chromedriver: run python3 tools/test_programs.py"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as started:
        yield started


@pytest.fixture
def page(browser: webdriver.Chrome, posthog: Sandbox, tmp_path: Path) -> Iterator[AdminPage]:
    """The page of this test's sandbox, with somebody logged in."""
    opened = AdminPage(browser, posthog)
    opened.log_in()
    yield opened
    # For whoever looks into a failure: pytest keeps the folders of the last runs.
    browser.save_screenshot(str(tmp_path / "last.png"))
