"""People at their browsers, for the flow tests."""

import re

from django.urls import reverse

PASSWORD = "mat-khau-dung-thu"  # of tests.factories.make_user


class Person:
    """One signed-in person with a browser session of their own."""

    def __init__(self, page, address, user):
        self.page, self.address, self.user = page, address, user
        self.go("accounts:login")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "dang-nhap" not in url)

    def go(self, name, *args):
        """Open a page by its URL name."""
        self.page.goto(self.address + reverse(name, args=args))

    def fill(self, **values):
        """Type into fields by name; ``True`` ticks a box."""
        for name, value in values.items():
            field = self.page.locator(f"[name='{name}']")
            field.check() if value is True else field.fill(str(value))

    def press(self, name):
        """Press a button or follow a link by its words, and wait for the next page."""
        words = re.compile(rf"^\s*{re.escape(name)}\s*$")
        target = self.page.locator("main a:visible, main button:visible").filter(has_text=words)
        with self.page.expect_navigation():
            target.first.click()

    def sees(self, text):
        """Wait until the page shows ``text``."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for()

    def decides(self, label, **values):
        """Take a step in the Sở's decision panel: open it, fill in, confirm."""
        panel = self.page.locator("details.decision", has=self.page.locator("summary", has_text=label)).filter(
            has=self.page.get_by_text(f"Xác nhận: {label}", exact=True)
        )
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        for name, value in values.items():
            field = panel.locator(f"[name='{name}'], [name$='-{name}']")
            field.select_option(value) if field.evaluate("field => field.tagName") == "SELECT" else field.fill(value)
        with self.page.expect_navigation():
            panel.get_by_role("button", name=f"Xác nhận: {label}", exact=True).click()
