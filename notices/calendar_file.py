"""The .ics text of a person's due dates (RFC 5545, RFC 7986), as Outlook, Google and Thunderbird subscribe to it."""

import datetime as dt

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from districts.workdays import add_working_days, load_calendar

NAME = "Việc cần làm – Cổng nhiệm vụ và báo cáo KH&CN"
REFRESH = dt.timedelta(hours=4)
# All-day events begin at midnight: alarms are told from there.
EVE, MORNING = dt.timedelta(hours=9), dt.timedelta(hours=8)  # of the last working day before, and of the day itself


def write_calendar(entries, *, person) -> bytes:
    """The file: titles, dates and addresses that need signing in; nothing about people."""
    calendar, days = Calendar(), load_calendar()
    calendar.add("prodid", "-//So KHCN Ha Noi//Cong nhiem vu va bao cao KHCN//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for entry in entries:
        calendar.add_component(_event(entry, person, days))
    return calendar.to_ical()


def uid(entry, person) -> str:
    """The same for one duty of one person for ever, also after a new address."""
    return f"{entry.duty_key.replace(':', '-')}-{person.pk}@{settings.MAIL_DOMAIN}"


def _event(entry, person, days):
    event, url = Event(), settings.SITE_URL + entry.path
    changed = entry.changed_at.astimezone(dt.UTC)
    event.add("uid", uid(entry, person))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", entry.sequence)
    event.add("summary", entry.title)
    event.add("dtstart", entry.due)
    event.add("dtend", entry.due + dt.timedelta(days=1))
    event.add("description", f"Hết hạn trong ngày này. Mở trên Cổng (cần đăng nhập): {url}")
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")
    eve = add_working_days(entry.due, -1, days) - entry.due + EVE
    for before in (eve, MORNING):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", before)
        event.add_component(alarm)
    return event
