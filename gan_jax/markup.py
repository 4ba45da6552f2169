"""Documents as a list of blocks, which become one HTML file or Markdown with pictures beside it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Heading(NamedTuple):
    """Of a section."""

    text: str


class Paragraph(NamedTuple):
    """Of plain text."""

    text: str


class Strong(NamedTuple):
    """A cell of a table that stands out."""

    text: str


class Table(NamedTuple):
    """The first cell of a row says what is in it."""

    header: Sequence[str]
    rows: Sequence[Sequence[str | Strong]]


class Picture(NamedTuple):
    """A PNG."""

    content: bytes
    caption: str


class Gallery(NamedTuple):
    """Pictures beside one another."""

    pictures: Sequence[Picture]


class Verbatim(NamedTuple):
    """Lines as they are."""

    text: str
    caption: str


Block = Heading | Paragraph | Table | Gallery | Verbatim

STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
  max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
div { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem; overflow-wrap: anywhere;
  border-bottom: 1px solid #e4e4e4; min-width: 5rem; }
tbody th { font-weight: normal; color: #555; }
td strong { background: #fff2c4; } section { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; max-width: 36rem; } figcaption { font-size: 0.85rem; color: #555; }
img { max-width: 100%; } * + section { margin-top: 1rem; }
pre { background: #f6f6f6; padding: 0.6rem; overflow-x: auto; margin: 0; }"""

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing that is not in it."""


def to_html(title: str, blocks: Sequence[Block]) -> str:
    """One HTML file that needs no other: no script, and pictures inside of it.

    >>> "<h1>a &lt; b</h1>" in to_html("a < b", [])
    True
    """
    body = "\n".join(_HTML[type(block)](block) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n"
        f"<body>\n<h1>{html.escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def to_markdown(title: str, blocks: Sequence[Block], folder: str) -> tuple[str, dict[str, bytes]]:
    """The same as Markdown, and the pictures that it shows, to be written to the folder.

    >>> text, pictures = to_markdown("A", [Gallery([Picture(b"...", "one")])], "files")
    >>> text, pictures
    ('# A\\n\\n![one](files/01.png)\\n\\none\\n', {'01.png': b'...'})
    """
    pictures: dict[str, bytes] = {}
    parts = [f"# {_plain(title)}"]
    for block in blocks:
        if isinstance(block, Gallery):
            parts += _shown(block, folder, pictures)
        else:
            parts.append(_MARKDOWN[type(block)](block))
    return "\n\n".join(parts) + "\n", pictures


def _shown(block: Gallery, folder: str, pictures: dict[str, bytes]) -> Iterator[str]:
    for picture in block.pictures:
        name = f"{len(pictures) + 1:02}.png"
        pictures[name] = picture.content
        caption = _plain(picture.caption)
        yield f"![{caption}]({folder}/{name})\n\n{caption}"


def _html_table(table: Table) -> str:
    cell = lambda text: f"<td>{_strong_html(text)}</td>"
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.header)
    rows = (
        f'<tr><th scope="row">{_strong_html(first)}</th>{"".join(map(cell, rest))}</tr>'
        for first, *rest in table.rows
    )
    body = "\n".join(rows)
    return (
        f"<div><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _html_gallery(block: Gallery) -> str:
    figure = lambda source, caption: (
        f'<figure><img src="data:image/png;base64,{source}" alt="{caption}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
    pairs = ((base64.b64encode(p.content).decode(), html.escape(p.caption)) for p in block.pictures)
    return "<section>\n" + "\n".join(figure(*pair) for pair in pairs) + "\n</section>"


def _html_verbatim(block: Verbatim) -> str:
    caption, text = html.escape(block.caption), html.escape(block.text)
    return f"<figure><pre>\n{text}</pre><figcaption>{caption}</figcaption></figure>"


def _strong_html(cell: str | Strong) -> str:
    if isinstance(cell, Strong):
        return f"<strong>{html.escape(cell.text)}</strong>"
    return html.escape(cell)


def _markdown_table(table: Table) -> str:
    line = lambda cells: f"| {' | '.join(map(_strong_markdown, cells))} |"
    rule = "|" + " --- |" * len(table.header)
    return "\n".join([line(table.header), rule, *map(line, table.rows)])


def _strong_markdown(cell: str | Strong) -> str:
    if isinstance(cell, Strong):
        return f"**{_plain(cell.text)}**" if cell.text.strip() else ""
    return _plain(cell)


def _plain(text: str) -> str:
    """In one line, and with no meaning to Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>|#~&$!])", r"\\\1", " ".join(text.split()))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


_HTML = {
    Heading: lambda block: f"<h2>{html.escape(block.text)}</h2>",
    Paragraph: lambda block: f"<p>{html.escape(block.text)}</p>",
    Table: _html_table,
    Gallery: _html_gallery,
    Verbatim: _html_verbatim,
}

_MARKDOWN = {
    Heading: lambda block: f"## {_plain(block.text)}",
    Paragraph: lambda block: _plain(block.text),
    Table: _markdown_table,
    Verbatim: lambda block: f"{_plain(block.caption)}\n\n{_indented(block.text)}",
}
