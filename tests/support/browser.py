"""Headless Chromium as an official in Hanoi would see the portal; a page with an error in its console fails."""

import shutil

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from tests.support.need import missing

HOW_TO_GET = "Chromium không có trên máy này. Cài bằng lệnh «sudo apt install chromium fonts-liberation2»."
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE = 60_000  # milliseconds; only a machine at its limits, or a fault, needs them
expect.set_options(timeout=PATIENCE)


class Complaints:
    """What the pages of a test complained of: console errors (CSP violations are such), uncaught exceptions."""

    def __init__(self):
        self.found, self.allowed = [], []

    def allow(self, text):
        """Expect complaints that contain ``text``, e.g. "status of 403" where a page is meant to be refused."""
        self.allowed.append(text)

    def watch(self, page):
        """Listen to ``page`` from now on."""
        page.on(
            "console", lambda message: message.type == "error" and self.found.append(f"{message.text} ({page.url})")
        )
        page.on("pageerror", lambda error: self.found.append(f"{error} ({page.url})"))

    def unexpected(self):
        """Complaints nobody allowed."""
        return [text for text in self.found if not any(allowed in text for allowed in self.allowed)]


@pytest.fixture(scope="session")
def chromium():
    """The running browser, started once for the whole test process."""
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        missing(HOW_TO_GET)
    with pytest.MonkeyPatch.context() as patch:
        # Playwright's sync API keeps an event loop in this thread; Django would refuse every query beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=binary, args=ARGUMENTS, timeout=PATIENCE)
            yield browser
            browser.close()


@pytest.fixture
def complaints():
    """The test's Complaints; the test fails at its end when unexpected ones remain."""
    found = Complaints()
    yield found
    if texts := found.unexpected():
        pytest.fail("The page complained:\n" + "\n".join(texts), pytrace=False)


@pytest.fixture
def new_page(chromium, complaints):
    """``new_page(**context_options)``: a page in a browser session of its own, e.g. one per signed-in person."""
    contexts = []

    def open_page(**options):
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield open_page
    for context in contexts:
        try:
            context.close()
        except Error:  # the test closed it itself
            pass


@pytest.fixture
def page(new_page):
    """One page at desktop width."""
    return new_page()
