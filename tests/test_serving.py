"""The page's requests over real sockets: what is answered, and what is refused."""

import contextlib
import http.client
import io
import json
import socket
import threading

import numpy as np
import pytest
from PIL import Image

from gan_jax.breeding_site import Site
from gan_jax.serving import LARGEST, server
from gan_jax.wishes import Wish
from tests import breeders


@contextlib.contextmanager
def serving(site):
    """The server of the site, in a thread."""
    with server(site, 0) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield listening
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = breeders.breeder(tmp_path_factory.mktemp("site"))
    return Site(found, breeders.spec(), Wish(children=6), 3, "my run")


@pytest.fixture(scope="module")
def page(site):
    with serving(site) as page:
        yield page


@pytest.fixture(scope="module")
def port(page):
    return page.server_address[1]


def ask(page, path, body=None, method=None, token=None, **headers):
    """Status, headers and content; `Sec_Fetch_Site`-like names become those of headers."""
    if path.startswith("/"):
        path = f"/{page.token if token is None else token}{path}"
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        given = {"Content-Type": "application/json"} | given
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(*page.server_address, timeout=30)
    connection.request(method or ("GET" if body is None else "POST"), path, body, given)
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, reply.headers, content


def found(page, path, body=None):
    status, headers, content = ask(page, path, body)
    assert status == 200, content
    return json.loads(content) if headers["Content-Type"] == "application/json" else content


def said(reply):
    """The one line of a refusal."""
    line = json.loads(reply[2])["error"]
    assert line and "\n" not in line
    return line


def test_the_state_and_its_first_generation(site, page):
    state = found(page, "/state")
    assert (state["title"], state["step"], state["shape"]) == ("my run", 7, [8, 8, 1])
    assert state["classes"] == ["a", "b", "c"] and state["truncates"]
    assert [one["id"] for one in state["children"]] == site.breeder.drawn(site.wish, 3)


def test_children_and_their_pictures(site, page):
    first = [one["id"] for one in found(page, "/state")["children"]]
    body = {"parents": first[:2], "seed": 5, "mixing": "blend", "rate": 0.25, "label": "b"}
    children = found(page, "/breed", body | {"children": 4, "truncation": 0.9})["children"]
    wish = Wish(4, "blend", 0.25, site.wish.mutation, "b", 0.9)
    ids = [one["id"] for one in children]
    assert ids == site.breeder.bred(first[:2], wish, 5)
    assert all(one["parents"] == first[:2] and one["label"] == 1 for one in children)
    samples = site.breeder.made(ids)["samples"]
    for id, sample in zip(ids, samples, strict=True):
        image = np.asarray(Image.open(io.BytesIO(found(page, f"/image/{id}.png"))))
        assert image.shape == (8, 8)
        np.testing.assert_allclose(image / 127.5 - 1, sample[..., 0], atol=0.005)
    drawn = found(page, "/breed", {"parents": [], "children": 2, "seed": 3})["children"]
    assert [one["id"] for one in drawn] == first[:2]


def test_a_picture_that_is_no_longer_kept_is_made_again(site, page):
    id = found(page, "/state")["children"][0]["id"]
    before = found(page, f"/image/{id}.png")
    site._pictures.clear()
    assert found(page, f"/image/{id}.png") == before


def test_ancestors(page):
    first = found(page, "/state")["children"][0]["id"]
    child = found(page, "/breed", {"parents": [first], "children": 1})["children"][0]["id"]
    rows = found(page, f"/lineage/{child}")
    assert [row["id"] for row in rows] == [first, child]
    assert rows[1]["operation"] == "mutate" and rows[1]["numbers"] == {"mutation": 0.2}


def test_what_is_saved(page):
    ids = [one["id"] for one in found(page, "/state")["children"]]
    status, headers, content = ask(page, f"/save/children.txt?ids={','.join(ids)}")
    assert status == 200 and content.decode().split() == ids
    assert headers["Content-Disposition"] == 'attachment; filename="children.txt"'
    content = found(page, f"/save/children.png?ids={','.join(ids)}")
    width, height = Image.open(io.BytesIO(content)).size
    assert width > height > 100  # six in rows of three


def test_the_policy_names_the_script_and_the_style_of_the_page(page):
    status, headers, content = ask(page, "/")
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert policy.count("'sha256-") == content.count(b"<script") + content.count(b"<style") == 2
    # Nothing from elsewhere, and nothing that the policy would keep from running.
    for word in (b"http:", b"https:", b"//cdn", b"style=", b'onclick="', b"src="):
        assert word not in content
    status, headers, content = ask(page, "/", method="HEAD")
    assert (status, content) == (200, b"") and int(headers["Content-Length"]) > 5000


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8765"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_comes_from_elsewhere_is_forbidden(site, page, headers):
    for path, body in (("/state", None), ("/breed", {"children": 1, "seed": 77}), ("/", None)):
        assert ask(page, path, body, **headers)[0] == 403


@pytest.mark.parametrize("token", ["", "nothing", "%00", "/"])
def test_who_does_not_know_the_token_gets_nothing(site, page, token):
    before = site.breeder.lineage.path.read_bytes()
    id = site.first[0]["id"]
    wish = {"children": 1, "seed": 78}
    for path, body in (("/", None), ("/state", None), (f"/image/{id}.png", None), ("/breed", wish)):
        reply = ask(page, path, body, token=token)
        assert reply[0] == 403 and "whole address" in said(reply)
    for path in ("/", f"/{page.token}", f"/{page.token[:-1]}/", f"/?{page.token}"):
        assert ask(page, path, token="")[0] == 403
    assert site.breeder.lineage.path.read_bytes() == before


def test_each_server_has_a_token_of_its_own(site, page):
    assert len(page.token) > 40
    assert page.address == f"http://127.0.0.1:{page.server_address[1]}/{page.token}/"
    with serving(site) as other:
        assert ask(other, "/state", token=page.token)[0] == 403


def test_what_comes_from_the_page_is_not(page, port):
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        given = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        assert ask(page, "/state", **given)[0] == 200


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"{", "no JSON"),
        ({"sead": 3}, "There is no field 'sead'"),
        ({"children": 65}, "must be 1 to 64"),
        ({"label": "z"}, "There is no class 'z'"),
        ({"seed": -1}, "seed is -1"),
        ({"parents": ["a", "b", "c"]}, "one parent or two"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_a_line(page, body, line):
    reply = ask(page, "/breed", body)
    assert reply[0] == 400
    assert line in said(reply)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/state/", 404),
        ("GET", "/image/", 404),
        ("GET", "/image/nobody.png", 404),
        ("GET", "/image/../../etc/passwd", 404),
        ("GET", "/image/%00%ff.png", 404),
        ("GET", "/lineage/nobody", 404),
        ("GET", "/save/children.txt?ids=nobody", 404),
        ("GET", "/save/children.txt", 400),
        ("GET", "/save/children.png?ids=" + ",".join("a" * 65), 400),
        ("GET", "state", 400),
        ("GET", "/breed", 405),
        ("DELETE", "/state", 405),
        ("OPTIONS", "/breed", 405),
        ("PUT", "/image/nobody.png", 405),
        ("BREW", "/state", 501),
    ],
)
def test_what_there_is_not(page, method, path, status):
    reply = ask(page, path, method=method)
    assert reply[0] == status
    assert reply[1]["X-Content-Type-Options"] == "nosniff"
    if status == 405:
        assert reply[1]["Allow"] == ("POST" if path == "/breed" else "GET, HEAD")
    if status != 501:
        said(reply)


def test_an_unknown_parent(page):
    assert ask(page, "/breed", {"parents": ["nobody"]})[0] == 404


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Content-Length: 99999999", 413),
        (f"Content-Length: {LARGEST + 1}", 413),
        ("Content-Length: -1", 400),
        ("Content-Length: 2\r\nContent-Length: 3", 400),
        ("Transfer-Encoding: chunked", 411),
        ("X-Nothing: 1", 411),
        ("Content-Type: text/plain\r\nContent-Length: 2", 415),
    ],
)
def test_bodies_are_limited_and_plain(page, port, head, status):
    request = f"POST /{page.token}/breed HTTP/1.1\r\nHost: localhost:{port}\r\n{head}\r\n\r\n{{}}"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request.encode())
        reply = b"".join(iter(lambda: connection.recv(4096), b""))  # until it is closed
    assert reply.startswith(f"HTTP/1.1 {status} ".encode()) and b"Connection: close" in reply


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n"]
)
def test_what_is_no_request(page, port, sent):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        reply = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"Traceback" not in reply and b"200 OK" not in reply
    assert found(page, "/state")["step"] == 7


def test_a_browser_that_goes_away_is_no_matter(page, port, capsys):
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            linger = b"\1\0\0\0\0\0\0\0"  # closed by a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.sendall(
                f"GET /{page.token}/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
            )
    assert found(page, "/state")["step"] == 7
    assert "Traceback" not in capsys.readouterr().err


def test_many_at_once_are_the_same_as_one_after_another(site, page):
    first = [one["id"] for one in found(page, "/state")["children"]]
    replies, wishes = {}, [{"parents": first[:2], "seed": seed, "children": 3} for seed in range(8)]

    def breed(wish):
        replies[wish["seed"]] = found(page, "/breed", wish)["children"]

    threads = [threading.Thread(target=breed, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for wish in wishes:
        assert found(page, "/breed", wish)["children"] == replies[wish["seed"]]


def test_a_lineage_that_is_damaged_is_said(tmp_path):
    found = breeders.breeder(tmp_path)
    site = Site(found, breeders.spec(), Wish(children=2), 3, "run")
    with serving(site) as page:
        with open(found.lineage.path, "a") as file:
            file.write("nonsense\n")
        reply = ask(page, "/breed", {"seed": 9})
        assert reply[0] == 500 and "is damaged" in said(reply)
        assert ask(page, "/")[0] == 200
