"""The exit page as the eye takes it in: signs of numbers in its charts, and names within their boxes."""

import re

import pytest

AS_THE_HOUSE = re.compile(r"−?\d+([.,]\d+)?\u202f%")

# Of each choice's words, by how many pixels they are wider than the box that shows them.
TOO_WIDE = """select => {
    const style = getComputedStyle(select);
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    return [...select.options].map(option => option.text)
        .filter(words => pen.measureText(words).width > room)
        .map(words => `${words}: ${Math.ceil(pen.measureText(words).width - room)}`);
}"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_axis_writes_per_cent_as_the_text_does(visit, language):
    page = visit("manager", "/exits/", language=language)
    page.locator(".xtick text").first.wait_for()
    ticks = page.locator(".ytick text, .xtick text").all_text_contents()
    shares = [tick for tick in ticks if "%" in tick]
    assert len(shares) > 4
    assert [tick for tick in shares if not AS_THE_HOUSE.fullmatch(tick)] == []
    headline = page.locator("main").inner_text()
    assert AS_THE_HOUSE.search(headline)


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_a_phone_the_name_of_each_formula_fits_its_box(visit, language):
    page = visit("manager", "/exits/", language=language, width=360)
    page.locator("details:has(select[name=formula])").evaluate_all(
        "all => all.forEach(one => one.open = true)"
    )
    assert page.locator("select[name=formula]").evaluate(TOO_WIDE) == []
