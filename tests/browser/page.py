"""The sandbox's admin page, as a person sees it: names to click on, fields to fill in."""

from __future__ import annotations

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from harness.sandbox import Sandbox

SECONDS = 60


class AdminPage:
    """`page.open("Roles", "Analysts")`, `page.fill("name", "Readers")`, `page.save()`."""

    def __init__(self, browser: WebDriver, posthog: Sandbox) -> None:
        self.browser = browser
        self.login = posthog.info["admin"]
        # Cookies of other sandboxes: to a browser, every port of a host is the same host.
        browser.delete_all_cookies()

    def log_in(self, password: str | None = None) -> None:
        """Opens the page and logs in."""
        self.browser.get(self.login["url"])
        self.fill("username", self.login["username"])
        self.fill("password", password or self.login["password"])
        self.press(self.find("[type=submit]"))

    def find(self, selector: str) -> WebElement:
        """The first element that a CSS selector finds."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What is written in the elements that a CSS selector finds."""
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def press(self, element: WebElement) -> None:
        """Clicks what leads to another page, and waits until that has come."""
        left = self.find("html")
        element.click()
        # While the page changes, the driver now and then fails over the element that it is asked for: ask again.
        wait = WebDriverWait(self.browser, SECONDS, ignored_exceptions=[WebDriverException])
        wait.until(staleness_of(left))

    def open(self, *links: str) -> None:
        """Follows these links from the first page on."""
        self.browser.get(self.login["url"])
        for link in links:
            self.press(self.find("main").find_element(By.LINK_TEXT, link))

    def fill(self, field: str, text: str) -> None:
        """Types into a field."""
        element = self.find(f"[name={field}]")
        element.clear()
        element.send_keys(text)

    def choose(self, field: str, choice: str) -> None:
        """Chooses from a field's list."""
        Select(self.find(f"select[name={field}]")).select_by_visible_text(choice)

    def save(self) -> str:
        """Presses "Save"; what the page says to it."""
        self.press(self.find("[name=_save]"))
        return "\n".join(self.texts(".messagelist, .errornote, .errorlist"))
