"""Opens HTML reports in Chromium, which no one here wrote, and looks for what a reader would trip over.

    python tests/interop/report.py [--shots FOLDER] [--chromium PATH] FILE.html [FILE.html ...]

Needs PyPI playwright and an installed Chromium. At 1280 and 400 pixels, light and dark, and on paper: the page is not
wider than the window, says nothing to the console, asks nobody for anything, and everything that can be used is reached by
Tab. A line a check; exit 1 when one fails.
"""

import argparse
import pathlib

from checked import Checked
from playwright.sync_api import sync_playwright

WIDTHS = [1280, 400]
SCHEMES = ["light", "dark"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# Elements wider than the window outside of the regions that scroll.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter(e =>
    !e.closest('.scroll, .skip, svg') && e.getBoundingClientRect().right > width + 1);
  return [document.documentElement.scrollWidth - width, out.map(e => e.tagName + '.' + e.className).slice(0, 5)];
}"""
USABLE = """() => {
  const all = [...document.querySelectorAll('a[href], summary, .scroll, input, button, select')];
  const there = all.filter(e => e.checkVisibility());
  there.forEach((e, i) => e.setAttribute('data-check', i));
  return there.length;
}"""
FOCUSED = "() => document.activeElement.getAttribute('data-check')"
# A region that scrolls may hold a wide table on a screen; on paper what is wider is cut.
CUT = """() => [...document.querySelectorAll('table')].filter(e => e.checkVisibility() &&
  e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.caption ? e.caption.textContent : '')"""
HEADINGS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map(e => Number(e.tagName[1]))"
CONTRAST = """() => {
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll('p, td, th, dt, dd, li, a, h1, h2, h3, caption, figcaption, summary, b, code, span')) {
    if (!e.checkVisibility() || !e.textContent.trim()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(e.tagName + ' ' + e.textContent.trim().slice(0, 30));
  }
  return low.slice(0, 5);
}"""


class Checks(Checked):
    """Checks that name what they found."""

    def none(self, what, found):
        """Holds when nothing was found."""
        self.that(not found, what, found or "")


def page_of(browser, file, width, scheme):
    """A page with what it said and asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    url = file.resolve().as_uri()
    page.on("request", lambda r: None if r.url.split("#")[0] == url or r.url.startswith("data:") else asked.append(r.url))
    page.goto(url)
    page.wait_for_timeout(100)
    return page, said, asked


def reached_by_tab(page):
    """What cannot be reached."""
    count = page.evaluate(USABLE)
    reached = set()
    for _ in range(count + 20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    return [i for i in range(count) if str(i) not in reached]


def on_screen(browser, file, shots, checks):
    for width in WIDTHS:
        for scheme in SCHEMES:
            page, said, asked = page_of(browser, file, width, scheme)
            name = f"{file.name} {width} px {scheme}"
            beyond, which = page.evaluate(OVERFLOW)
            checks.none(f"{name}: not wider than the window", which if beyond > 0 or which else None)
            if shots:
                page.screenshot(path=shots / f"{file.stem}_{width}_{scheme}.png", full_page=True)
            levels = page.evaluate(HEADINGS)
            jumps = [b for a, b in zip(levels, levels[1:]) if b > a + 1]
            checks.none(f"{name}: headings in order", jumps or levels[:1] != [1])
            page.evaluate("() => document.querySelectorAll('details').forEach(e => e.open = true)")
            beyond, which = page.evaluate(OVERFLOW)
            checks.none(f"{name}: nor when all is unfolded", which if beyond > 0 or which else None)
            checks.none(f"{name}: contrast of 4.5 and more", page.evaluate(CONTRAST))
            checks.none(f"{name}: everything reached by Tab", reached_by_tab(page))
            checks.none(f"{name}: nothing in the console", said)
            checks.none(f"{name}: no request", asked)
            page.context.close()


def on_paper(browser, file, shots, checks):
    # A4 less its margins, at 96 pixels an inch.
    page, said, asked = page_of(browser, file, 695, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    checks.none(f"{file.name} print: no cut table", page.evaluate(CUT))
    folded = "() => [...document.querySelectorAll('details .folded')].filter(e => !e.checkVisibility()).length"
    checks.none(f"{file.name} print: nothing folded away", page.evaluate(folded))
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    checks.none(f"{file.name} print: white paper", None if ground == "rgb(255, 255, 255)" else ground)
    checks.none(f"{file.name} print: nothing in the console, no request", said + asked)
    if shots:
        page.pdf(path=shots / f"{file.stem}.pdf", prefer_css_page_size=True, print_background=True)
    page.context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="folder for screenshots and PDF")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    checks = Checks("report")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=args.chromium, args=FLAGS)
        for file in args.files:
            on_screen(browser, file, args.shots, checks)
            on_paper(browser, file, args.shots, checks)
        browser.close()
    checks.end()


if __name__ == "__main__":
    main()
