"""Errors that a browser reports fail the tests of the pages."""

import time

import pytest
from playwright.sync_api import Page

from tests.support.browser import TIMEOUT_S, Complaints, context

COMPLAINTS = [
    ("console.error('broken')", "broken"),
    ("setTimeout(() => { throw new Error('broken') })", "broken"),
    ("Promise.reject(new Error('broken'))", "broken"),
    ("alert('hello')", "dialog: hello"),
    ("fetch('/static/nowhere.js')", "404"),
    ("fetch('http://127.0.0.1:1/')", "policy: connect-src"),
    ("document.body.innerHTML = '<img src=/static/no.png>'", "404"),
    ("document.body.innerHTML = '<img src=x onerror=alert(1)>'", "policy: script-src-attr"),
    ("document.body.innerHTML = '<p style=color:red>'", "policy: style-src-attr"),
    (
        "document.head.append(Object.assign(document.createElement('script'), {text: 1}))",
        "policy: script-src-elem",
    ),
    ("location.href = 'javascript:1'", "policy: script-src"),
]


def noticed(page: Page, seen: Complaints, words: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not any(words in said for said in seen.unexpected):
        assert time.monotonic() < deadline, seen.said
        page.wait_for_timeout(20)


@pytest.mark.parametrize(("script", "words"), COMPLAINTS)
def test_a_complaint_is_noticed(site, browser, script, words):
    seen = Complaints()
    with context(browser, seen) as opened:
        page = opened.new_page()
        page.goto(f"{site.url}/sign-in")
        assert seen.unexpected == []
        page.evaluate(f"() => {{ {script} }}")
        noticed(page, seen, words)


def test_an_expected_complaint_does_not_fail_the_test(site, browser):
    seen = Complaints(expected=["404"])
    with context(browser, seen) as opened:
        page = opened.new_page()
        page.goto(f"{site.url}/nowhere")
    assert seen.said
    assert seen.unexpected == []
