"""A reviewer who uses a review page in a real Chromium."""

import contextlib
import re
import shutil
import time

import pytest

from waiting import LIMIT_S

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

WIDTHS_PX = (1440, 1280, 1024, 900, 768, 390, 320)
"""From a screen to a phone, and to a page that is zoomed to 400 % (WCAG 1.4.10)."""

LOOK = """
window.looks = new Set();
const look = () => {
  if (document.body) window.looks.add(getComputedStyle(document.body).backgroundColor);
  requestAnimationFrame(look);
};
look();
"""
"""Notes the colour behind a page before each paint, from the first one on."""

REFUSE_STORAGE = """
Object.defineProperty(window, "localStorage", {
  get: () => {
    throw new DOMException("refused", "SecurityError");
  },
});
"""
"""A browser that keeps nothing for a page, as some do for pages from disk."""

CUT_OFF = """() => [...document.querySelectorAll(".scroll, table, figure, ul, summary, th, td")]
  .filter((part) => part.checkVisibility() && !part.closest("thead"))
  .filter((part) => {
    const room = part.closest("td, th, section, .card, main").getBoundingClientRect();
    return part.getBoundingClientRect().right > room.right + 0.5 ||
      part.clientWidth && part.scrollWidth > part.clientWidth + 1;
  })
  .map((part) => part.outerHTML.slice(0, 160))"""
"""What is wider than its place in the page, so that a part of it is out of sight."""

CLIPS = "document.querySelectorAll('#stage figure[data-side] video')"
"""The players of the chosen cut's clips."""


@contextlib.contextmanager
def launched(*more):
    """A Chromium, with more arguments of its command line."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium (or google-chrome)")
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="install the test extra: playwright"
    )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            timeout=LIMIT_S * 1000,
            args=[
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--autoplay-policy=no-user-gesture-required", *more,
            ],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as chromium:
        yield chromium


STORED, NOTHING = "JSON.stringify(Object.entries(localStorage).sort())", "[]"
"""What a page has stored, and what that is of one that has stored nothing."""

STORE = """stored => {
  localStorage.clear();
  JSON.parse(stored).forEach(([name, value]) => localStorage.setItem(name, value));
}"""
"""Stores what another page has stored."""

HANDED_OVER_S = 10.0
"""How long a browser takes to have what a page stores, at most, on a busy machine. Of a page whose
connection it has lost, it never has it: so it is with one in a hundred new windows."""


class Reviewer:
    """A reviewer who uses a page."""

    def __init__(self, page):
        self.page = page
        page.set_default_timeout(LIMIT_S * 1000)
        self.errors, self.requests = [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, folder):
        """Open a page from disk, which finds what the page before it has stored."""
        with self.finding():
            return self.visit((folder / "index.html").as_uri())

    def reload(self):
        """Load the page again, which finds what it has stored."""
        with self.finding():
            self.page.reload()

    def settle(self):
        """Wait until the browser has what the page has stored."""
        with self.settled():
            pass

    @contextlib.contextmanager
    def settled(self):
        """Wait until the browser has what the page has stored.

        Chromium hands it over in its own time, and a page that is loaded before that does not find
        it. A second page, in a process of its own, sees when it is there; while it is open, the
        browser keeps it in memory.
        """
        origin = re.match("(file://.*|http://[^/]*)/", self.page.url)
        if not origin:
            yield None
            return
        other = self.page.context.new_page()
        lost = time.monotonic() + HANDED_OVER_S

        def is_handed_over():
            other.goto(f"{origin[1]}/")  # again: it then asks for all, and the page may store more
            stored = self.page.evaluate(STORED)
            if time.monotonic() > lost:
                other.evaluate(STORE, stored)
            return other.evaluate(STORED) == stored

        self.until(is_handed_over, "the browser has what the page stored")
        yield other
        other.close()

    @contextlib.contextmanager
    def finding(self):
        """Load a page, which finds what the one before it has stored."""
        with self.settled() as other:
            yield
            if other:
                self.until(lambda: self.finds_what_is_stored(other), "it finds what is stored")

    def finds_what_is_stored(self, other):
        """Whether a page that was loaded again has some of what another one sees; else it is loaded
        once more. What a page itself removes the other one does not see, either.
        """
        found = self.page.evaluate(STORED) != NOTHING or other.evaluate(STORED) == NOTHING
        if not found:
            self.page.reload()
        return found

    def visit(self, address):
        self.page.goto(address)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def chosen(self):
        """The id of the cut that is chosen."""
        return self.page.locator("tr[aria-current]").get_attribute("data-cut")

    @property
    def focused(self):
        """The id of the cut whose row has the focus; empty: none has."""
        return self.page.evaluate("document.activeElement.closest('tr')?.dataset.cut ?? ''")

    @property
    def shown(self):
        """The ids of the cuts that are listed."""
        rows = self.page.locator("#rows tr:not([hidden])")
        return rows.evaluate_all("rows => rows.map((row) => row.dataset.cut)")

    def pick(self, cut):
        """Click the row of a cut."""
        self.page.locator(f"#rows tr[data-cut='{cut}'] .pick").click()

    @property
    def times(self):
        return self.page.evaluate(f"[...{CLIPS}].map(v => v.currentTime)")

    def wait(self, condition):
        """Wait until a script is true. Pages forbid Playwright's `wait_for_function`."""
        from playwright.sync_api import Error

        sought = [condition]

        def is_true():
            try:
                return self.page.evaluate(condition)
            except Error as error:  # the page may still be loading
                sought[1:] = [str(error)]
                return False

        self.until(is_true, sought)

    def until(self, is_so, what):
        """Wait until something is so, while the page goes on."""
        deadline = time.monotonic() + LIMIT_S
        while not is_so():
            if time.monotonic() > deadline:
                pytest.fail(f"never came true: {what}")
            self.page.wait_for_timeout(20)

    def wait_loaded(self, players):
        """Wait until the chosen cut's clips are loaded, and the page is laid out for them."""
        self.wait(
            f"(v => v.length === {players} && v.every(p => p.readyState >= 2 && !p.seeking) &&"
            " v.some(p => document.querySelector('#stage').style.getPropertyValue('--aspect')"
            f" === `${{p.videoWidth}} / ${{p.videoHeight}}`))([...{CLIPS}])"
        )
        self.drawn()

    def violations(self):
        """What axe-core finds wrong in what is shown now: each rule, and its first element."""
        axe = pytest.importorskip(
            "axe_playwright_python.sync_playwright",
            reason="install the test extra: axe-playwright-python",
        )
        found = axe.Axe().run(self.page).response["violations"]
        return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]

    def open_all(self):
        """Open all parts of the page that are folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")

    def violations_at_widths(self):
        """What axe-core finds at each width, and what does not fit into it: at most one part."""
        found = []
        for width_px in WIDTHS_PX:
            self.page.set_viewport_size({"width": width_px, "height": 800})
            self.drawn()
            found += [(width_px, *one) for one in self.violations()]
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append((width_px, "is scrolled sideways"))
            found += [(width_px, "is cut off", part) for part in self.page.evaluate(CUT_OFF)[:1]]
        return found

    @property
    def background(self):
        """The colour behind the page."""
        return self.page.evaluate("getComputedStyle(document.body).backgroundColor")

    def backgrounds(self, address, is_kept=True):
        """The colours behind a page before each of its first paints.

        The page finds what the one before it has stored, if the browser keeps it.
        """
        self.page.add_init_script(LOOK)
        with self.finding() if is_kept else contextlib.nullcontext():
            self.visit("about:blank")
            self.visit(address)
        self.drawn()  # on a busy machine, nothing may be yet
        return self.page.evaluate("[...window.looks]")

    def drawn(self, times=2):
        """Wait until the page, as it is now, was drawn so many times."""
        self.wait(
            "(async (times) => { while (times--) await new Promise(requestAnimationFrame);"
            f" return true; }})({times})"
        )

    def exchange_themes(self):
        self.page.get_by_role("button", name="Switch between dark and light").click()

    def exchanges_themes_without_a_flash(self, address, is_kept):
        """Assert that the other theme is seen, and from the first paint on where it is kept."""
        light = self.background
        self.exchange_themes()
        dark = self.background
        assert dark != light
        assert self.backgrounds(address, is_kept) == [dark if is_kept else light], "no flash"

    def decide_and_export(self):
        self.page.click("#export")
        text = self.page.locator("#export-text").input_value()
        self.press("Escape")
        return text


@pytest.fixture
def reviewer(browser):
    # Without transitions: axe reads the colours that a control ends with, not those on their way.
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield Reviewer(context.new_page())
    context.close()
