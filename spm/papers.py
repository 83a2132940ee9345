"""PDFs in the house's look: A4, text that can be selected, drawings as vectors, no library of the system.

The letters are DejaVu Sans (spm/fonts, with its licence; from matplotlib's wheel, kept to Latin, Greek and
Cyrillic letters, currencies and signs).
"""

import io
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

FONTS = Path(__file__).parent / "fonts"
INK, SOFT, RULE = (33, 37, 41), (90, 98, 106), (206, 212, 218)
BLUE, MIDDLE, PALE = (11, 94, 143), (124, 176, 210), (222, 235, 244)
SIDE, BOTTOM = 15, 22
"""Margins in millimetres."""


@dataclass(frozen=True)
class Bar:
    """A share with its interval, and how its number is said."""

    label: str
    value: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Point:
    """A month of a line; None for `value` where there is none."""

    label: str
    value: float | None
    provisional: bool


class Paper(FPDF):
    """A document with a title, in a language; `footnote` stands on every page."""

    def __init__(self, title: str, language: str, footnote: str):
        super().__init__(format="A4")
        self.footnote = footnote
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("spm")
        self.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
        self.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(SIDE, 14, SIDE)
        self.set_auto_page_break(True, BOTTOM)
        self.add_page()

    def footer(self):
        self.set_y(-BOTTOM + 3)
        self.rule()
        self.letters(6.5, SOFT)
        self.multi_cell(self.epw - 30, 3, self.footnote, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
        words = _("Page %(number)s of %(total)s") % {"number": self.page_no(), "total": "{nb}"}
        self.cell(30, 3, words, align="R")

    def letters(self, size: float, colour=INK, *, bold: bool = False) -> None:
        self.set_font("DejaVu", "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(self, text: str, size: float = 9, colour=INK, *, bold: bool = False, width: float = 0) -> None:
        """A paragraph, over as many lines as it needs."""
        self.letters(size, colour, bold=bold)
        self.multi_cell(width, size * 0.48, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str, size: float = 11) -> None:
        """Begins a section, with room for some of it on the same page."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(2.5)
        self.say(text, size, BLUE, bold=True)
        self.ln(0.8)

    def rule(self) -> None:
        self.set_draw_color(*RULE)
        self.set_line_width(0.2)
        self.line(SIDE, self.get_y(), self.w - SIDE, self.get_y())
        self.ln(1.2)

    def picture(self, png: bytes, height: float) -> None:
        """At the upper right corner, so high."""
        top = self.get_y()
        self.image(io.BytesIO(png), x=self.w - SIDE - 45, y=top, w=45, h=height, keep_aspect_ratio=True)
        self.set_y(top)

    def points(self, sentences: list[str], size: float = 8) -> None:
        for sentence in sentences:
            self.say(f"• {sentence}", size)

    def grid(self, columns: list[str], rows: list[list[str]], first: float = 0.34, size: float = 7.5) -> None:
        """A table whose first column holds words, all others numbers; its head is said again on each page."""
        rest = (1 - first) / (len(columns) - 1)
        self.letters(size)
        self.set_draw_color(*RULE)
        self.set_fill_color(255, 255, 255)
        with self.table(
            col_widths=[first, *[rest] * (len(columns) - 1)],
            text_align=["LEFT", *["RIGHT"] * (len(columns) - 1)],
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", color=SOFT, fill_color=PALE),
            line_height=size * 0.5,
            padding=0.5,
        ) as table:
            for line in [columns, *rows]:
                table.row(line)
        self.set_x(SIDE)

    def bars(self, rows: list[Bar], label_width: float = 55) -> None:
        """Horizontal bars from 0, each with its interval."""
        most = max([bar.high or bar.value for bar in rows] + [0.01])
        across = self.epw - label_width - 42
        for bar in rows:
            if self.will_page_break(5):
                self.add_page()
            y = self.get_y()
            self.letters(8)
            self.set_xy(SIDE, y)
            self.cell(label_width, 5, self.short(bar.label, label_width - 2))
            x = SIDE + label_width
            self.set_fill_color(*MIDDLE)
            self.rect(x, y + 1, max(across * bar.value / most, 0.2), 3, style="F")
            if bar.low is not None:
                self._whisker(x + across * bar.low / most, x + across * bar.high / most, y + 2.5)
            self.set_xy(x + across + 2, y)
            self.cell(40, 5, bar.words, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def short(self, text: str, width: float) -> str:
        """The text, cut so that it is no wider in the letters set."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"

    def _whisker(self, low, high, y):
        self.set_draw_color(*INK)
        self.set_line_width(0.3)
        self.line(low, y, high, y)
        self.line(low, y - 0.9, low, y + 0.9)
        self.line(high, y - 0.9, high, y + 0.9)

    def trend(self, points: list[Point], height: float, say) -> None:
        """A line from 0; provisional points are hollow, joined by dashes. `say` puts a value into words."""
        if self.will_page_break(height + 8):
            self.add_page()
        top, left = self.get_y() + 1, SIDE + 14
        width = self.epw - 18
        most = max([point.value for point in points if point.value is not None] + [0.01]) * 1.15
        self._scale(left, top, width, height, most, say)
        step = width / max(len(points) - 1, 1)
        places = [
            None if point.value is None else (left + n * step, top + height * (1 - point.value / most))
            for n, point in enumerate(points)
        ]
        self._line(places, points)
        self.letters(6, SOFT)
        every = -(-len(points) // 13)
        for number, point in enumerate(points):
            if number % every == 0:
                self.set_xy(left + number * step - 8, top + height + 0.8)
                self.cell(16, 3, point.label, align="C")
        self.set_xy(SIDE, top + height + 5)

    def _scale(self, left, top, width, height, most, say):
        self.letters(6, SOFT)
        for part in (0, 0.5, 1):
            y = top + height * (1 - part)
            self.set_draw_color(*RULE)
            self.set_line_width(0.15)
            self.line(left, y, left + width, y)
            self.set_xy(SIDE, y - 1.5)
            self.cell(12, 3, say(most * part), align="R")

    def _line(self, places, points):
        self.set_draw_color(*BLUE)
        self.set_line_width(0.5)
        for number in range(1, len(places)):
            if places[number - 1] and places[number]:
                self.set_dash_pattern(*((1.2, 1) if points[number].provisional else ()))
                self.line(*places[number - 1], *places[number])
        self.set_dash_pattern()
        for place, point in zip(places, points, strict=True):
            if place:
                self.set_fill_color(*((255, 255, 255) if point.provisional else BLUE))
                self.circle(*place, radius=0.9, style="DF")
