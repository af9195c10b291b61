"""A mail shown on a page: HTML first, links open a new tab, nothing overflows, the frame is about as high as the mail."""

import datetime as dt

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.roles import Role
from notices.models import Mail
from notices.outbox_files import OutboxFolderBackend
from notices.planner import plan
from notices.sender import send
from tests.factories import TODAY, make_specialist, make_unit, make_user, moment
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG = "nguyen.thi.mot.dia.chi.rat.dai.khong.co.khoang.trang@phong-van-hoa-xa-hoi.xa-ung-hoa.hanoi.gov.vn"


@pytest.fixture
def digest(fake, live_server, settings):
    """A digest of five duties, sent; its links lead into the portal that runs."""
    settings.SITE_URL = live_server.url
    unit = make_unit()
    make_user(Role.UNIT_DRAFTER, unit=unit, full_name="Trần Thị Lan", email=LONG)
    for number in range(1, 6):
        fake.owe(number, unit=unit, due=TODAY + dt.timedelta(days=1), path="/huong-dan/", detail="còn 5/14 chỉ tiêu")
    plan(now=moment())
    send(now=moment())
    return Mail.objects.get()


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def link_opens_a_tab(page, address):
    """Press the first link inside the frame; the tab it opens is the portal, without the frame's fetters."""
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").locator("a").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.startswith(address)
    assert opened.value.evaluate("window.opener") is None
    assert opened.value.locator("h1").first.is_visible()
    opened.value.close()


FITS = """() => {
  const frame = document.querySelector("iframe"), mail = frame.contentDocument?.body?.firstElementChild;
  return mail && Math.abs(frame.getBoundingClientRect().height - mail.getBoundingClientRect().height) <= 2;
}"""


def fits(page):
    """The frame becomes as high as the mail, and follows it when the window gets narrower or wider."""
    width = page.viewport_size["width"]
    for other in (width, 390, 1280, 390, width):
        page.set_viewport_size({"width": other, "height": 900})
        page.wait_for_function(FITS)


@pytest.mark.parametrize("width", [390, 1280])
def test_on_the_admin_s_page(digest, new_page, live_server, width):
    page = new_page(viewport={"width": width, "height": 900})
    admin = Person(page, live_server.url, make_specialist(Role.DEPT_ADMIN))
    admin.go("admin:notices_mail_change", digest.pk)
    heads = page.locator("main h2").all_inner_texts()
    assert heads.index("Phần HTML") < heads.index("Phần văn bản")
    link_opens_a_tab(page, f"{live_server.url}/huong-dan/")
    fits(page)
    assert overflow(page) <= 0


@pytest.mark.parametrize("width", [390, 1280])
def test_in_the_mailbox_of_the_trial_run(digest, new_page, live_server, settings, tmp_path, width):
    settings.DEMO, settings.EMAIL_OUTBOX_DIR = True, tmp_path
    message = EmailMultiAlternatives(digest.subject, digest.text, to=[LONG])
    message.attach_alternative(digest.html, "text/html")
    OutboxFolderBackend().send_messages([message])
    page = new_page(viewport={"width": width, "height": 900})
    page.goto(f"{live_server.url}/hop-thu-di/")
    assert LONG in page.inner_text("main").replace("\n", "")
    assert overflow(page) <= 0
    page.get_by_role("link", name=digest.subject).click()
    fits(page)
    link_opens_a_tab(page, f"{live_server.url}/huong-dan/")
    assert overflow(page) <= 0
