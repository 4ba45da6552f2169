"""The page in a real browser: images, two parents, children, undo, keys, errors, files."""

import pytest

from gan_jax.breeding_site import Site
from gan_jax.wishes import Wish
from tests import breeders, browser
from tests.test_serving import serving

LOST = browser.missing()
pytestmark = pytest.mark.skipif(bool(LOST), reason=f"not on PATH: {LOST}")

SHOWN = "[...document.querySelectorAll('#children .tile')].map(one => one.dataset.id)"
DRAWN = "[...document.images].every(one => one.complete && one.naturalWidth > 7)"
CHOSEN = "[...document.querySelectorAll('.tile[aria-pressed=true]')].map(one => one.dataset.id)"
ERROR = (
    "document.getElementById('error').hidden ? '' : document.getElementById('error').textContent"
)
ARROW_RIGHT = "\ue014"


def test_breeding_in_a_browser(tmp_path):
    found = breeders.breeder(tmp_path)
    site = Site(found, breeders.spec(), Wish(children=9), 3, "my run")
    first = [one["id"] for one in site.first]
    with browser.browser(tmp_path) as page, serving(site) as served:
        page.open(served.address)
        assert page.until(SHOWN) == first
        page.until(DRAWN)
        assert page.run("return document.title") == "my run"
        assert page.run("return document.getElementById('breed').disabled")

        page.click("#children .tile:nth-child(2)")
        page.click("#children .tile:nth-child(5)")
        assert page.run(f"return {CHOSEN}") == [first[1], first[4]]
        page.click("#breed")
        children = page.until(SHOWN, lambda ids: ids and ids != first)
        page.until(DRAWN)
        assert [one.parents for one in found.lineage.find(children)] == [(first[1], first[4])] * 9

        page.click("#ids")
        page.click("#picture")
        saved = wait_for(tmp_path / "children.txt", tmp_path / "children.png", page)
        assert saved[0].decode().split() == children and saved[1].startswith(b"\x89PNG")

        page.click("#undo")
        assert page.until(SHOWN, lambda ids: ids != children) == first
        assert page.run(f"return {CHOSEN}") == [first[1], first[4]]
        assert page.run("return document.getElementById('undo').disabled")

        by_keys(page, found, first)
        for truncation in (0.05, 0.123, 5.0, None):
            site.wish = Wish(truncation=truncation, rate=0.333)
            page.open(served.address)
            page.until(SHOWN)
            shown = page.run("const {truncation, rate} = wish(); return [truncation, rate]")
            assert shown == [truncation, 0.333]
        assert page.complaints() == []
        page.run("document.getElementById('label').append(new Option('z', 'z', true, true))")
        page.press("n")
        assert "There is no class 'z'" in page.until(ERROR)
        offline = {"offline": True, "latency": 0, "throughput": 0}
        page.ask("POST", "chromium/network_conditions", {"network_conditions": offline})
        page.press("n")
        page.until(ERROR, lambda said: "is gan-jax still running" in said)


def by_keys(page, found, first):
    """One parent by the keyboard alone: its children are mutations of the class wished for."""
    page.run("document.querySelector('#children .tile').focus()")
    for selector in ("2", "5"):
        page.click(f"#children .tile:nth-child({selector})")  # as they were: not chosen
    page.press(ARROW_RIGHT, " ")
    (chosen,) = page.run(f"return {CHOSEN}")
    assert chosen == first[5]
    page.run("document.getElementById('label').value = 'c'")
    page.press("b")
    children = found.lineage.find(page.until(SHOWN, lambda ids: ids != first))
    assert all(
        (one.operation, one.parents, one.label) == ("mutate", (chosen,), 2) for one in children
    )
    page.press("u")
    page.until(SHOWN, lambda ids: ids == first)


def wait_for(*files):
    """What the browser has written to files, once it has."""
    *paths, page = files
    for path in paths:
        page.until("true", lambda _, path=path: path.exists())
    return [path.read_bytes() for path in paths]
