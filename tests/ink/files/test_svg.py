"""SVG drawings, read and written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.ink.files.svg.paths import TOLERANCE, polylines
from synthink.ink.files.svg.reader import SvgFormat
from synthink.ink.files.svg.transforms import transform
from synthink.ink.model import Ink, InkError
from tests.ink.files.reading import read


def svg_of(body: str, about: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {about}>{body}</svg>'.encode()


def strokes_of(tmp_path: Path, body: str, about: str = "", strict: bool = True) -> list[list[list[float]]]:
    (tmp_path / "a.svg").write_bytes(svg_of(body, about))
    (ink,) = read(SvgFormat, tmp_path / "a.svg", strict)
    return [np.round(stroke[:, :2].astype(float), 4).tolist() for stroke in ink.strokes]


class TestSvg:
    @pytest.mark.parametrize(
        "path, strokes",
        [
            ("M1 2L3 4", [[[1, 2], [3, 4]]]),
            ("M1,2 3,4 5,6", [[[1, 2], [3, 4], [5, 6]]]),
            ("m1 2 3 4l1 1h5v-1H0V0", [[[1, 2], [4, 6], [5, 7], [10, 7], [10, 6], [0, 6], [0, 0]]]),
            ("M0 0L4 0L4 4z", [[[0, 0], [4, 0], [4, 4], [0, 0]]]),
            ("M0 0L4 0L0 0Z", [[[0, 0], [4, 0], [0, 0]]]),
            ("M1 1L2 2M5 5L6 6", [[[1, 1], [2, 2]], [[5, 5], [6, 6]]]),
            ("M1 1L2 2m5 5l1 1", [[[1, 1], [2, 2]], [[7, 7], [8, 8]]]),
            ("M1 1l1 1zm5 5l1 1", [[[1, 1], [2, 2], [1, 1]], [[6, 6], [7, 7]]]),  # from where the path closed
            ("M1 1L2 2M2 2L3 3", [[[1, 1], [2, 2]], [[2, 2], [3, 3]]]),  # two strokes though they touch
            ("M1 1Z", [[[1, 1]]]),
            ("M1 1l0 0", [[[1, 1], [1, 1]]]),
            ("M1 1M2 2L3 3M9 9", [[[2, 2], [3, 3]]]),
            ("M.5.5-1-1e0", [[[0.5, 0.5], [-1, -1]]]),
        ],
    )
    def test_paths(self, tmp_path, path, strokes):
        assert strokes_of(tmp_path, f'<path d="{path}"/>') == strokes

    @pytest.mark.parametrize(
        "path, curve",
        [
            ("M0 0C0 60 80 60 80 0", lambda s: (80 * (3 * s**2 - 2 * s**3), 180 * s * (1 - s))),
            ("M0 0Q40 80 80 0", lambda s: (80 * s, 160 * s * (1 - s))),
            ("M0 0q20 40 40 40t40 -40", None),
            ("M0 0c0 20 20 40 40 40s40 -20 40 -40", None),
            ("M80 0A40 40 0 0 1 0 0", lambda s: (40 + 40 * np.cos(np.pi * s), 40 * np.sin(np.pi * s))),
            ("M80 0a40 40 0 0 1-80 0", lambda s: (40 + 40 * np.cos(np.pi * s), 40 * np.sin(np.pi * s))),
        ],
    )
    @pytest.mark.parametrize("scale", [1.0, 9.0])
    def test_curves_within_the_tolerance(self, path, curve, scale):
        (points,) = polylines(path, np.diag((scale, scale, 1.0)), 1000)
        fine = polylines(path, np.diag((scale * 256, scale * 256, 1.0)), 100_000)
        share = np.linspace(0, 1, 2000)
        exact = np.stack(curve(share), axis=1) * scale if curve else next(iter(fine)) / 256
        starts, steps = points[:-1], np.diff(points, axis=0)
        along = np.einsum("pij,ij->pi", exact[:, None] - starts, steps) / (steps**2).sum(axis=1)
        nearest = starts + np.clip(along, 0, 1)[..., None] * steps
        distance = np.hypot(*(exact[:, None] - nearest).T).min(axis=0)
        assert distance.max() <= TOLERANCE and 4 <= len(points) <= 20 * scale
        assert np.allclose(points[[0, -1]], exact[[0, -1]])

    @pytest.mark.parametrize(
        "text, point",
        [
            ("translate(10)", (12, 3)),
            ("translate(10,20) scale(2)", (14, 26)),
            ("scale(2 3)translate(1 1)", (6, 12)),
            ("rotate(90)", (-3, 2)),
            ("rotate(90, 2, 3)", (2, 3)),
            ("matrix(1 2 3 4 5 6)", (16, 22)),
            ("skewX(45)", (5, 3)),
            ("skewY(45)", (2, 5)),
        ],
    )
    def test_transforms(self, text, point):
        assert np.allclose(transform(text) @ (2, 3, 1), (*point, 1))

    @pytest.mark.parametrize(
        "about, point",
        [
            ('viewBox="10 10 100 100" width="200" height="200"', [0, 20]),
            ('viewBox="10 10 100 100" width="200" height="400"', [0, 120]),  # in the middle, of one scale
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="xMinYMin"', [0, 20]),
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="xMidYMax slice"', [-100, 40]),
            ('viewBox="10 10 100 100" width="200" height="400" preserveAspectRatio="none"', [0, 40]),
            ('viewBox="10 10 100 100"', [0, 10]),
            ('viewBox="10 10 96 96" width="1in"', [0, 10]),
            ('viewBox="10 10 100 100" width="100%" height="100%"', [0, 10]),
            ('width="5"', [10, 20]),
        ],
    )
    def test_viewports(self, tmp_path, about, point):
        assert strokes_of(tmp_path, '<path d="M10 20L9 9"/>', about)[0][0] == point

    def test_groups_other_shapes_and_styles(self, tmp_path):
        body = """<style>.out, rect {fill:#123} .line{fill:none}</style><defs><path d="M0 0L1 1"/></defs>
        <g transform="translate(5 0)" fill="none"><g transform="scale(2)"><polyline points="1,1 2,2 3 3"/></g>
        <line x1="1" y1="2" x2="3" y2="4"/><path fill="black" d="M0 0L5 5L0 5Z"/><polygon points="0 0 1 0 1 1"/></g>
        <path class="out" d="M0 0L1 1"/><path style="fill: red ;stroke:none" d="M0 0L1 1"/><rect width="3"/><circle/>
        <path class="out line" d="M9 9L8 8"/><g display="none"><path d="M0 0L1 1"/></g>
        <path visibility="hidden" d="M0 0L1 1"/><title>page</title>"""
        assert strokes_of(tmp_path, body) == [
            [[7, 2], [9, 4], [11, 6]],
            [[6, 2], [8, 4]],
            [[5, 0], [6, 0], [6, 1], [5, 0]],
            [[9, 9], [8, 8]],
        ]
        (ink,) = read(SvgFormat, tmp_path / "a.svg")
        counts = {"ignored_outlines": 3, "ignored_shapes": 2, "hidden_elements": 2}
        assert ink.metadata == {"title": "page", **counts} and ink.units == "px"

    def test_the_usual_doctype_is_accepted_and_nothing_is_loaded(self, tmp_path):
        doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:1/svg11.dtd">'
        (tmp_path / "a.svg").write_bytes(doctype + svg_of('<path d="M0 0L1 1"/>'))
        assert len(read(SvgFormat, tmp_path / "a.svg")[0]) == 1
        (tmp_path / "a.svg").write_bytes(doctype + svg_of("<title>&secret;</title>"))
        with pytest.raises(InkError, match="entity 'secret'"):
            read(SvgFormat, tmp_path / "a.svg")

    @pytest.mark.parametrize(
        "body, reason",
        [
            ('<path d="L1 1"/>', "does not begin with M"),
            ('<path d="M0 0L1"/>', "path 'M0 0L1' cannot be read"),
            ('<path d="M0 0 hello"/>', "cannot be read"),
            ('<path d="M0 0C1 1"/>', "cannot be read"),
            ('<path d="M"/>', "cannot be read"),
            ('<path d="M0 0L1e30 1"/>', "path on line 1, offset 41: x, y of point 1 must be finite"),
            ('<path d="M0 0C1e200 0 1e300 1e300 5 5"/>', "finite|bounds"),
            ('<path d="M0 0A1e-300 1e300 0 0 1 5 5"/>', "finite|bounds|cannot be read"),
            ('<polyline points="1 2 3"/>', "3 coordinates"),
            ('<polyline points="1 x"/>', "no list of numbers"),
            ('<path transform="turn(3)" d="M0 0L1 1"/>', "transform 'turn"),
            ('<path transform="scale(1e400)" d="M0 0L1 1"/>', "beyond all bounds"),
            ('<path transform="rotate(1 2)" d="M0 0L1 1"/>', "takes no 2 numbers"),
            ('<line x1="5%" x2="1"/>', "no length in px"),
        ],
    )
    @pytest.mark.timeout(30)
    def test_bad_shapes(self, tmp_path, body, reason):
        with pytest.raises(InkError, match=reason):
            strokes_of(tmp_path, body)
        assert strokes_of(tmp_path, body + '<path d="M0 0L1 1"/>', strict=False) == [[[0, 0], [1, 1]]]

    def test_a_bad_viewbox(self, tmp_path):
        with pytest.raises(InkError, match="viewBox"):
            strokes_of(tmp_path, "", 'viewBox="0 0 0 5"')

    @given(
        st.lists(st.lists(st.tuples(*[st.floats(-1e9, 1e9, width=32)] * 2), min_size=1, max_size=5), max_size=4),
        st.none()
        | st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\r\t\"'<&"), max_size=5),
    )
    def test_the_geometry_that_is_written_is_read_again(self, tmp_path_factory, strokes, text):
        ink = Ink([np.array(points, np.float32) for points in strokes], label=text, writer=text, units=text)
        path = tmp_path_factory.mktemp("svg") / "a.svg"
        SvgFormat().write(path, [ink])
        (again,) = read(SvgFormat, path)
        again.source = None
        assert again == ink
