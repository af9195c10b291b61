"""Pages speak Vietnamese: no word of Django's or a library's English reaches the screen."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.roles import UNIT_ROLES, Role
from proposals.filing import start_proposal
from reports.filing import start_report
from tests import factories as make

# “email” is missing: offices write it so.
ENGLISH = (
    r"about|action|actions|add|all|any|are|can|cannot|cancel|change|changed|clear|click|close|comment"
    r"|confirm|continue|create|created|current|currently|date|default|delete|deleted|description|details"
    r"|done|download|edit|error|errors|every|example|failed|field|fields|file|files|filter|first|from|go"
    r"|have|hide|history|invalid|item|items|last|loading|log|login|logout|magic|more|must|name|new|next"
    r"|none|not|object|objects|of|open|optional|or|page|password|please|previous|print|recent|remove"
    r"|required|reset|results|save|saved|search|select|selected|send|show|sign|site|sort|status|submit"
    r"|success|successfully|the|this|time|title|today|total|unknown|update|updated|upload|use|user"
    r"|username|valid|value|view|warning|welcome|with|yes|you|your"
)
WORD = re.compile(rf"(?<![\w@.\-/])({ENGLISH})(?![\w@\-/]|\.\w)", re.I)
SPOKEN = {"title", "aria-label", "placeholder", "alt", "value", "data-confirm"}
SILENT = {"script", "style", "code", "template"}
UNPLUGGED = {"admin:jsi18n", "admin:view_on_site", "admin:autocomplete"}


class Spoken(HTMLParser):
    """Collects what is read or read out."""

    def __init__(self):
        super().__init__()
        self.texts, self.silent = [], 0

    def handle_starttag(self, tag, attributes):
        if tag in SILENT:
            self.silent += 1
        values = dict(attributes)
        hidden = values.get("type") in {"hidden", "checkbox", "radio"} or tag == "option"
        self.texts += [v for k, v in attributes if k in SPOKEN and v and not (k == "value" and hidden)]

    def handle_endtag(self, tag):
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.texts.append(data.strip())


def english_in(html):
    reader = Spoken()
    reader.feed(html)
    return sorted({f"{match.group(0)} ← {text[:80]}" for text in reader.texts for match in WORD.finditer(text)})


def addresses(resolver=None, prefix=""):
    """(name, path) of every page that needs no argument."""
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from addresses(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name and f"{prefix}{entry.name}" not in UNPLUGGED:
            try:
                yield f"{prefix}{entry.name}", reverse(f"{prefix}{entry.name}")
            except NoReverseMatch:
                continue


PLACES = sorted(set(addresses()))
READ = {
    "visitor": [p for p in PLACES if p[0].split(":")[0] in {"home", "help", "accounts"}],
    "unit": [p for p in PLACES if not p[0].startswith("admin:")],
    "department": PLACES,
}
CASES = [(who, name, path) for who, places in READ.items() for name, path in places]


@pytest.fixture
def sample(db):
    """A unit with people, a call and a cycle, so that lists are not empty."""
    unit = make.make_unit("Xã Ứng Hòa")
    make.make_signer(unit)
    make.make_call()
    make.make_cycle(units=[unit])
    return {
        "visitor": None,
        "unit": make.make_user(*UNIT_ROLES, unit=unit),
        "department": make.make_user(Role.DEPT_ADMIN, Role.DEPT_HEAD),
    }


@pytest.mark.parametrize(("who", "name", "path"), CASES, ids=[f"{who}-{name}" for who, name, _ in CASES])
def test_page_speaks_vietnamese(who, name, path, sample):
    client = Client()
    if sample[who]:
        client.force_login(sample[who])
    response = client.get(path)
    if "text/html" not in response.headers.get("Content-Type", "") or response.status_code in {302, 405}:
        return  # downloads, redirects, addresses that take POST only
    assert response.status_code in {200, 403, 404}
    assert english_in(response.content.decode()) == []


@pytest.mark.parametrize("name", ["section-first", "detail", "check", "print", "report-detail", "report-edit"])
def test_dossier_page_speaks_vietnamese(name, db):
    """The pages of one proposal and one report, as their drafter sees them."""
    unit = make.make_unit("Xã Ứng Hòa")
    drafter = make.make_user(Role.UNIT_DRAFTER, Role.UNIT_LEADER, unit=unit)
    call, cycle = make.make_call(), make.make_cycle(units=[unit])
    with time_machine.travel(make.NOW, tick=False):
        if name.startswith("report"):
            obligation = cycle.obligations.get()
            pk = start_report(obligation=obligation, actor=make.actor(drafter), now=make.NOW).pk
        else:
            pk = start_proposal(call=call, actor=make.actor(drafter), now=make.NOW).pk
        address = {
            "section-first": "proposals:edit",
            "detail": "proposals:detail",
            "check": "proposals:check",
            "print": "dossiers:print",
            "report-detail": "reports:detail",
            "report-edit": "reports:edit",
        }[name]
        client = Client()
        client.force_login(drafter)
        response = client.get(reverse(address, args=[pk]), follow=True)
    assert response.status_code == 200
    assert english_in(response.content.decode()) == []


def test_refusals_and_errors_speak_vietnamese(client, db):
    """Posting blanks shows every error sentence."""
    for name in ("login", "forgotten"):
        page = client.post(reverse(f"accounts:{name}"), {})
        assert english_in(page.content.decode()) == []


@pytest.mark.parametrize("name", ["profile", "password", "people", "signers"])
def test_blank_account_forms_speak_vietnamese(name, sample):
    client = Client()
    client.force_login(sample["unit"])
    assert english_in(client.post(reverse(f"accounts:{name}"), {"authority": "?"}).content.decode()) == []
