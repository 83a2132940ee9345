"""Two people with one form open at once, in two windows."""

import re

from tests.browser.test_every_screen import too_wide


def open_holiday(visit, name, **how):
    page = visit("admin", "/clients/institution/holidays/", **how)
    page.get_by_role("link", name=name).click()
    return page


def test_who_saves_second_chooses_by_keyboard_on_a_phone_without_scripts(visit):
    mine, theirs = open_holiday(visit, "Navidad", width=360, javascript=False), open_holiday(visit, "Navidad")
    theirs.get_by_label("Name of the holiday").fill("Christmas")
    theirs.get_by_label("Day", exact=False).first.fill("2026-12-24")
    theirs.get_by_role("button", name="Save the holiday").click()
    assert theirs.url.endswith("/holidays/")

    mine.get_by_label("Name of the holiday").fill("Nochebuena y Navidad")
    mine.get_by_role("button", name="Save the holiday").click()
    assert mine.locator("h1").inner_text() == "Which text should stay?"
    assert re.search("Patricia Lazo changed this on", mine.locator(".sentence").inner_text())
    assert mine.locator(".versions .text").all_inner_texts() == ["Christmas", "Nochebuena y Navidad"]
    assert "24 December 2026" in mine.locator(".rows").inner_text()
    assert too_wide(mine) == []

    # Without a choice the browser itself asks for one.
    mine.get_by_role("button", name="Save it like this").click()
    assert mine.locator("h1").inner_text() == "Which text should stay?"
    mine.locator("input[type=radio]").first.focus()
    mine.keyboard.press("ArrowDown")
    mine.keyboard.press("Tab")
    mine.keyboard.press("Enter")
    mine.wait_for_url("**/holidays/")
    row = mine.locator("tr", has=mine.get_by_role("link", name="Nochebuena y Navidad"))
    assert "24 Dec" in row.inner_text()


def test_the_page_of_differences_keeps_to_the_rules_for_everybody(visit, violations):
    mine, theirs = open_holiday(visit, "Día del Trabajo"), open_holiday(visit, "Día del Trabajo")
    for page, name in ((theirs, "May"), (mine, "Trabajo")):
        page.get_by_label("Name of the holiday").fill(name)
        page.get_by_role("button", name="Save the holiday").click()
    assert mine.locator(".versions .text").all_inner_texts() == ["May", "Trabajo"]
    assert violations(mine) + mine.refusals == []
