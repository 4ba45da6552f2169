"""Documents: HTML that says what was given and needs nothing else, and the same as Markdown."""

import base64
import re
from html.parser import HTMLParser

from gan_jax.markup import (
    Gallery,
    Heading,
    Paragraph,
    Picture,
    Strong,
    Table,
    Verbatim,
    to_html,
    to_markdown,
)

VOID = ("meta", "img")
EVIL = "a|b <script>alert('1 & 2')</script> \"q\" `c` *d* _e_ [f](g) \\ &lt; #h"
PNG = bytes(range(256))
BLOCKS = [
    Heading(EVIL),
    Paragraph(EVIL),
    Table(["", EVIL], [[EVIL, EVIL], ["plain", Strong(EVIL)]]),
    Gallery([Picture(PNG, EVIL), Picture(PNG[::-1], "two")]),
    Verbatim(f"one\n{EVIL}\n```\n\n  three", EVIL),
]


class Page(HTMLParser):
    """The tags, texts and attributes of a page, whose tags must be closed in order."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.texts, self.images = [], [], {}, []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")
        given = dict(attributes)
        assert not [name for name in given if name.startswith("on") or name == "href"]
        if tag == "img":
            self.images.append((given["src"], given["alt"]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    @property
    def pictures(self) -> list[bytes]:
        mark = "data:image/png;base64,"
        assert all(source.startswith(mark) for source, _ in self.images)
        return [base64.b64decode(source.removeprefix(mark)) for source, _ in self.images]


def test_html_says_what_was_given_and_loads_nothing():
    text = to_html(EVIL, BLOCKS)
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    assert page.seen.count("meta") == 3 and not {"script", "link", "iframe"} & set(page.seen)
    assert page.texts["title"] == page.texts["h1"] == page.texts["h2"] == page.texts["p"] == [EVIL]
    assert page.texts["td"] == [EVIL, EVIL] and page.texts["strong"] == [EVIL]
    assert page.texts["th"] == ["", EVIL, EVIL, "plain"]
    assert page.texts["pre"] == [f"\n{BLOCKS[-1].text}"]  # a browser drops the first newline
    assert page.texts["figcaption"] == [EVIL, "two", EVIL]
    assert page.pictures == [PNG, PNG[::-1]]
    assert [alt for _, alt in page.images] == [EVIL, "two"]
    assert not re.findall(r"https?:|@import|url\(", text)


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def test_markdown_says_the_same():
    text, pictures = to_markdown(EVIL, BLOCKS, "beside")
    assert pictures == {"01.png": PNG, "02.png": PNG[::-1]}
    title, heading, paragraph, table, *rest = text.split("\n\n")
    for line, mark in ((title, "# "), (heading, "## "), (paragraph, "")):
        assert line.startswith(mark) and unescaped(line.removeprefix(mark)) == EVIL
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()]
    assert [len(row) for row in cells] == [2, 2, 2, 2]
    assert unescaped(cells[2][0].strip()) == EVIL
    assert cells[3][1].strip().startswith("**") and unescaped(cells[3][1].strip()[2:-2]) == EVIL
    assert re.findall(r"\]\((beside/\d\d\.png)\)", text) == ["beside/01.png", "beside/02.png"]
    code = "\n".join(f"    {line}" for line in BLOCKS[-1].text.splitlines())
    assert text.endswith(f"\n\n{code}\n")
    assert not re.findall(r"(?<!\\)<", "\n\n".join(rest).partition(code)[0])
