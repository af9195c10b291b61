"""Screenshots of the main pages for docs/pictures: a trial run in an empty folder, walked in headless Chromium.

``python -m ops.pictures [folder]`` – takes the pictures at 1280 and 390 px; needs the packages of the tests.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from ops.processes import wait_until
from ops.run import choose_port

BASE_DIR = Path(__file__).resolve().parent.parent
SIZES = {"": {"width": 1280, "height": 900}, "m-": {"width": 390, "height": 844}}
PASSWORD = "mau-khcn-2026"

# (user, [(picture, how to get there)]): an address, or the text of a link on the page before.
WALKS = (
    (
        "soanthao.unghoa",
        (
            ("1-viec-can-lam", "/"),
            ("2-de-xuat", "/de-xuat/"),
            ("3-phieu", "link:Truy xuất nguồn gốc"),
            ("4-bao-cao", "/bao-cao/"),
            ("5-luoi-chi-tieu", "link:Báo cáo năm"),
        ),
    ),
    (
        "chuyenvien",
        (
            ("6-cho-xu-ly", "/quan-tri/"),
            ("7-xem-xet", "link:Số hóa quy trình"),
            ("8-nghia-vu-bao-cao", "/quan-tri/reports/obligation/"),
            ("9-don-doc", "link:Đôn đốc"),
            ("10-du-bao", "/quan-tri/notices/hold/du-bao/"),
        ),
    ),
)


def main():
    """Start the portal, take every picture, stop the portal."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else BASE_DIR / "docs" / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    port = choose_port("")
    with tempfile.TemporaryDirectory(prefix="kltn-", dir="/tmp") as data_dir:
        portal = subprocess.Popen(
            [sys.executable, "-m", "ops.run"], cwd=BASE_DIR, env={**os.environ, "DATA_DIR": data_dir, "PORT": str(port)}
        )
        try:
            if not wait_until(lambda: _answers(port), seconds=120):
                sys.exit("The portal did not start.")
            _take_all(f"http://127.0.0.1:{port}", target)
        finally:
            portal.send_signal(signal.SIGINT)
            portal.wait(60)


def _answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/tai-khoan/dang-nhap/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _take_all(address, target):
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        for prefix, size in SIZES.items():
            for user, walk in WALKS:
                context = browser.new_context(viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
                _walk(context.new_page(), address, user, walk, target, prefix)
                context.close()
        browser.close()


def _walk(page, address, user, walk, target, prefix):
    page.goto(f"{address}/tai-khoan/dang-nhap/")
    if user == WALKS[0][0]:
        _shoot(page, target / f"{prefix}0-dang-nhap.png")
    page.fill("[name=username]", user)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    for name, way in walk:
        if way.startswith("link:"):
            page.get_by_role("link", name=way[5:]).first.click()
        else:
            page.goto(address + way)
        page.wait_for_load_state("networkidle")
        _shoot(page, target / f"{prefix}{name}.png")


def _shoot(page, path):
    """The whole page up to three screens; a sticky bar would stand in the middle of a taller picture."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**size, "height": min(max(height, 500), 3 * size["height"])})
    page.screenshot(path=path)
    page.set_viewport_size(size)


if __name__ == "__main__":
    main()
