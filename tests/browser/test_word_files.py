"""Words of a list go out as a file and come back: seen first, then taken."""

import csv
import io

from playwright.sync_api import expect

LIST = "/exits/lists/reasons/"


def file_of(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"name": "reasons.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def brought(page, rows):
    page.get_by_label("File").set_input_files(file_of(rows))
    page.get_by_role("button", name="See what would change").click()


def test_words_are_taken_back_after_a_look_at_what_would_change(visit, violations):
    page = visit("manager", LIST, width=360)
    rows = list(csv.reader(io.StringIO(page.request.get(f"{LIST}?export=csv").text())))
    page.get_by_role("link", name="Take words from a file").click()
    code, spanish = rows[0].index("code"), rows[0].index("words_es")
    (delay,) = [row for row in rows if row[code] == "turnover"]
    delay[spanish] = "Cambian mucho de asesor"
    brought(page, [[*row, "x"] for row in rows])
    expect(page.get_by_text("Nothing was taken.")).to_be_visible()
    expect(page.get_by_text("reasons.csv, row 1, column “x”: The list has no such column.")).to_be_visible()
    looked_at(page, violations)
    brought(page, rows)
    expect(page.get_by_text("1 text changes")).to_be_visible()
    expect(page.locator("dl.answers dd b")).to_have_text("Cambian mucho de asesor")
    looked_at(page, violations)
    page.get_by_role("button", name="Take these words").click()
    expect(page.get_by_text("The words of the file are in the list.")).to_be_visible()
    assert "Cambian mucho de asesor" in page.request.get(f"{LIST}?export=csv").text()


def looked_at(page, violations):
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []
