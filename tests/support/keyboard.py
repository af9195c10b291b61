"""Somebody who has no mouse: Tab, arrows, Enter, typed text. Every stop must be seen, and Tab must always go on."""

import unicodedata

MOST_STOPS = 150  # of one page

# Where the focus is: a name for messages, whether it can be seen, whether something draws a ring around it.
WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const [box] = at.getClientRects();
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth;
  const top = inside && document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 0), innerHeight - 1));
  return {
    name: `${at.tagName} ${at.name || at.getAttribute("href") || ""} “${(at.innerText || at.value || "").slice(0, 40)}”`,
    seen: Boolean(top && (at.contains(top) || top.contains(at) || top.closest("label")?.control === at)),
    ringed: ring(getComputedStyle(at)) || ring(getComputedStyle(at, "::after")),
    telling: at.matches("[tabindex='-1']"),
  };
}"""
IS = "([selector, words]) => { const at = document.activeElement;" + (
    " return at.matches(selector) && (!words || (at.innerText || at.value).trim() === words); }"
)


class Hands:
    """Two hands on a keyboard before one page."""

    def __init__(self, page):
        self.page, self.stops = page, 0

    def press(self, key):
        self.page.keyboard.press(key)

    def where(self):
        """The focus as it is; fails where nobody could see it."""
        at = self.page.evaluate(WHERE)
        if at and not at["telling"]:
            assert at["seen"], f"the focus is hidden: {at['name']} on {self.page.url}"
            assert at["ringed"], f"nothing shows the focus: {at['name']} on {self.page.url}"
        return at

    def tab_to(self, selector, words="", key="Tab"):
        """Tab on until the focus is at ``selector`` (with these words); every stop on the way is looked at."""
        here = None
        for _ in range(MOST_STOPS):
            if self.page.evaluate(IS, [selector, words]):
                return self
            self.press(key)
            self.stops += 1
            before, here = here, self.where()
            assert here is None or here != before or "radio" in selector, f"Tab stays at {here['name']}"
        raise AssertionError(f"{MOST_STOPS} stops and no {selector} {words!r} on {self.page.url}")

    def telex(self, text):
        """Type as Telex does it: an accented letter comes as its plain one, which is deleted and put in again."""
        for letter in text:
            plain = unicodedata.normalize("NFD", letter)[0].translate({0x111: "d", 0x110: "D"})
            self.page.keyboard.type(plain)
            if plain != letter:
                self.press("Backspace")
                self.page.keyboard.insert_text(letter)

    def write(self, name, text):
        """Find the box by Tab and type into it."""
        self.tab_to(f"[name='{name}']")
        self.telex(text)

    def enter(self, selector, words=""):
        """Find a link or button by Tab, press Enter, wait for the next page."""
        self.tab_to(selector, words)
        with self.page.expect_navigation():
            self.press("Enter")
