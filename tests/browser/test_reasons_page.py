"""From the home page to why some of the clients left, and the file of it, in three clicks."""

import io

import openpyxl
import pytest

# A woman under 30 among those who said last year why they left: in so small an institution there may be none.
YOUNG = """
import datetime as dt
from exits.models import ExitInterview, Spell
from exits.queries import data_as_of
women = ExitInterview.objects.filter(round=1, consent=True, client__sex="F")
left = Spell.objects.filter(left_on__year=data_as_of().year - 1, client__in=women.values("client"))
stay = left.order_by("pk").first()
stay.client.birth_date = stay.left_on - dt.timedelta(days=25 * 365)
stay.client.save()
print(stay.client.office, stay.left_on.year, sep=",")
"""


@pytest.fixture
def branch_and_year(ask):
    return ask(YOUNG).strip().split(",")


@pytest.fixture
def clicked(visit, branch_and_year):
    """A manager's home page that counts the clicks on whatever it leads to."""
    page = visit("manager", "/")
    page.clicks = 0

    def click(link):
        page.clicks += 1
        link.click()

    page.click_on = click
    return page


def test_a_manager_learns_why_women_under_30_leave_a_branch_and_takes_it_along_in_three_clicks(
    clicked, branch_and_year
):
    page, (branch, year) = clicked, branch_and_year
    page.click_on(page.get_by_role("link", name="Why do clients leave?"))
    page.wait_for_url("**/exits/reasons/")
    groups = page.locator("#groups")
    groups.wait_for()
    column = groups.locator("thead th").all_inner_texts().index("Women under 30")
    row = groups.locator("tbody tr", has=page.get_by_text(branch, exact=True))
    number = row.locator("th, td").nth(column).get_by_role("link")
    asked = int(number.inner_text())
    page.click_on(number)
    page.wait_for_url("**office=**")
    page.locator("#reasons").wait_for()
    with page.expect_download() as download:
        page.click_on(page.get_by_role("link", name="Take it as Excel"))
    assert page.clicks == 3
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    about, reasons = (list(sheet.values) for sheet in book)
    assert ("Filter", f"{branch} without the offices below, Women, under 30, {year}") in [
        row[:2] for row in about
    ]
    assert sum(n for _head, reason, n, *_rest in reasons[1:] if not reason) == asked > 0
