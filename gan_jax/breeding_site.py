"""The page of `gan-jax explore RUN breed --serve`, without sockets: requests to answers."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from gan_jax import breeding, report
from gan_jax.data import Spec
from gan_jax.errors import RunError, UsageError
from gan_jax.generations import Breeder
from gan_jax.genomes import MOST
from gan_jax.lineage import UnknownError
from gan_jax.priors import Normal
from gan_jax.wishes import Wish, asked

PAGE = Path(__file__).with_name("page.html").read_text()
KEPT = 2048
"""Pictures that are kept at most; others are made again when they are asked for."""


class Answer(NamedTuple):
    """Of one request."""

    content: bytes
    kind: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = {}


class Refused(Exception):
    """A request that gets no answer but a line: status, line and further headers."""

    def __init__(self, status: HTTPStatus, line: str, **headers: str):
        super().__init__(line)
        self.status, self.headers = status, headers


class Site:
    """A breeder behind requests, which may come at once: one batch is made at a time."""

    def __init__(self, breeder: Breeder, spec: Spec, wish: Wish, seed: int, title: str):
        """It makes the first generation, so that what cannot be bred is said at once.

        Raises:
          UsageError: examples that are no images, a prior that cannot be bred, or the wish.
        """
        if not spec.is_image:
            raise UsageError(
                f"The page shows images, and these data are of shape {spec.shape}: breed without "
                "--serve, to a file."
            )
        breeding.check(breeder.maker.prior)
        self.breeder, self.spec, self.wish, self.title = breeder, spec, wish, title
        self.batch = threading.Lock()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self.first = self._shown(breeder.drawn(wish, seed))
        breeder.prepare(self.first[0]["id"])

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        """The answer to a request.

        Raises:
          Refused: it is malformed, or there is no such thing.
        """
        path, _, query = target.partition("?")
        place, name = path, ""
        if place not in ROUTES:
            place, slash, name = place.rpartition("/")
            place += slash
        if place not in ROUTES or bool(name) != (place[-1] == "/" and place != "/"):
            raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing at {path[:80]}.")
        expected, function = ROUTES[place]
        allowed = ("GET", "HEAD") if expected == "GET" else (expected,)
        if method not in allowed:
            said = f"{place} takes {' and '.join(allowed)}, and not {method}."
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, said, Allow=", ".join(allowed))
        try:
            return function(self, name, query, body)
        except UnknownError as error:
            raise Refused(HTTPStatus.NOT_FOUND, str(error)) from error
        except UsageError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        except Exception as error:  # a full disk, a damaged lineage: the page says it
            said = str(error) if isinstance(error, RunError | OSError) else repr(error)
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, said) from error

    def page(self, name: str, query: str, body: bytes) -> Answer:
        """The page itself, which is one file."""
        return Answer(PAGE.encode(), "text/html; charset=utf-8")

    def state(self, name: str, query: str, body: bytes) -> Answer:
        """What the page must know of the model, and the first generation."""
        breeder, prior = self.breeder, self.breeder.maker.prior
        about = {"title": self.title, "step": breeder.step, "weights": breeder.weights}
        about |= {"shape": self.spec.shape, "most": MOST, "wish": dataclasses.asdict(self.wish)}
        about["classes"] = self.spec.classes if breeder.maker.conditional else []
        return _json(about | {"truncates": isinstance(prior, Normal), "children": self.first})

    def breed(self, name: str, query: str, body: bytes) -> Answer:
        """A generation, of the parents if there are any."""
        parents, wish, seed = asked(body, self.wish)
        with self.batch:
            if parents:
                return _json({"children": self._shown(self.breeder.bred(parents, wish, seed))})
            return _json({"children": self._shown(self.breeder.drawn(wish, seed))})

    def image(self, name: str, query: str, body: bytes) -> Answer:
        """The picture of one individual."""
        id = name.removesuffix(".png")
        with self.batch:
            if id not in self._pictures:
                self._shown([id])
            return Answer(self._pictures[id], "image/png")

    def ancestors(self, name: str, query: str, body: bytes) -> Answer:
        """How an individual came to be, parents before their children."""
        with self.batch:
            found = self.breeder.lineage.ancestry([name])
        return _json([{"id": one.id} | dataclasses.asdict(one) for one in found])

    def grid(self, name: str, query: str, body: bytes) -> Answer:
        """The pictures of several in one, as a file."""
        with self.batch:
            samples = self.breeder.made(_ids(query))["samples"]
        return _file(report.png(samples, self.spec), "image/png", "children.png")

    def ids(self, name: str, query: str, body: bytes) -> Answer:
        """The ids of several, a line each, as a file."""
        with self.batch:
            found = self.breeder.lineage.find(_ids(query))
        content = "".join(f"{one.id}\n" for one in found).encode()
        return _file(content, "text/plain; charset=utf-8", "children.txt")

    def _shown(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """What the page shows of these; their pictures are kept."""
        samples = self.breeder.made(ids)["samples"]
        for id, sample in zip(ids, samples, strict=True):
            self._pictures[id] = report.tile(sample)
            self._pictures.move_to_end(id)
        while len(self._pictures) > KEPT:
            self._pictures.popitem(last=False)
        found = self.breeder.lineage.find(ids)
        return [{"id": one.id, "label": one.label, "parents": one.parents} for one in found]


ROUTES: Mapping[str, tuple[str, Callable[..., Answer]]] = {
    "/": ("GET", Site.page),
    "/state": ("GET", Site.state),
    "/breed": ("POST", Site.breed),
    "/image/": ("GET", Site.image),
    "/lineage/": ("GET", Site.ancestors),
    "/save/children.png": ("GET", Site.grid),
    "/save/children.txt": ("GET", Site.ids),
}
"""By path, or by what stands before a name: the method and what answers it."""


def _ids(query: str) -> list[str]:
    ids = parse_qs(query).get("ids", [""])[0].split(",")
    if not 1 <= len(ids) <= MOST or not all(ids):
        raise UsageError(f"Give ?ids=ID,ID,... of 1 to {MOST} individuals.")
    return ids


def _json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode())


def _file(content: bytes, kind: str, name: str) -> Answer:
    return Answer(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
