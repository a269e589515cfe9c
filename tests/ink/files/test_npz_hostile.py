"""Files of .npz that try to do harm: pickles that would run something, sizes and shapes that are not there."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthink.ink.files.base import Limits
from synthink.ink.files.deepwriting.reader import DeepWritingFormat
from synthink.ink.files.npz.reader import NpzFormat
from synthink.ink.files.npz.unpickle import UnpickleError, object_array
from synthink.ink.model import InkError
from tests.ink.files.reading import read
from tests.ink.files.samples import deepwriting as deepwriting_sample
from tests.ink.files.samples import ink, members, objects, zipped


class Bomb:
    """A pickle that would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


def with_pickle(path: Path, name: str, pickled: bytes, count: int = 2) -> None:
    """Replace an array by an object array of this pickle."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (count,)})
    zipped(path, members(path) | {f"{name}.npy": header.getvalue() + pickled})


class TestHostile:
    @pytest.mark.parametrize("protocol", range(5))
    def test_no_pickle_is_executed(self, tmp_path, protocol):
        path = deepwriting_sample(tmp_path)
        mark = tmp_path / "executed"
        with_pickle(path, "samples", pickle.dumps(objects([Bomb(mark), 1]), protocol=protocol))
        for strict in (True, False):
            with pytest.raises(InkError, match=r"deepwriting.npz, array samples, offset \d+: asks for"):
                read(DeepWritingFormat, path, strict)
        assert not mark.exists()

    @pytest.mark.parametrize("protocol", [2, 3, 4])
    def test_what_numpy_pickles_is_read(self, protocol):
        arrays = [np.arange(6, dtype="<i2").reshape(2, 3), np.asfortranarray(np.ones((2, 3), ">f4")), "text", None, 7]
        found = object_array(pickle.dumps(objects(arrays), protocol=protocol))
        assert np.array_equal(found[0], arrays[0]) and np.array_equal(found[1], arrays[1]) and found[2:] == arrays[2:]
        assert found[1].dtype == ">f4"

    def test_names_of_both_numpys_are_known(self):
        pickled = pickle.dumps(objects([np.zeros(2)]), protocol=2)
        here = np.core.multiarray.__name__ if int(np.__version__.split(".")[0]) < 2 else "numpy._core.multiarray"
        for name in ("numpy.core.multiarray", "numpy._core.multiarray"):
            assert object_array(pickled.replace(here.encode(), name.encode()))[0].tolist() == [0, 0]

    @pytest.mark.parametrize(
        "pickled",
        [
            b"",
            b".",
            b"\x80\x02N.",
            b"\x80\x02]r\xff\xff\xff\xff.",  # a memo of four thousand million
            b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b"a.",
            b"\x80\x02" + b"(" * 100_000 + b".",
            b"\x80\x02(cbuiltins\neval\nX\x01\x00\x00\x001tR.",
            b"\x80\x02cnumpy\nndarray\n(X\x01\x00\x00\x00atb.",
            b"\x80\x02cnumpy\ndtype\nX\x06\x00\x00\x00V99999\x85R.",
            b"c" + b"a" * 50_000,
        ],
    )
    def test_pickles_of_other_things(self, pickled):
        with pytest.raises(UnpickleError):
            object_array(pickled)

    def test_an_array_larger_than_its_bytes(self):
        pickled = pickle.dumps(objects([np.zeros((2, 3), np.int8)]), protocol=2)
        assert pickled.count(b"K\x02K\x03\x86") == 1
        huge = pickled.replace(b"K\x02K\x03\x86", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86")
        with pytest.raises(UnpickleError, match="6 bytes of data"):
            object_array(huge)

    def test_encoding_one_text_again_and_again(self):
        pickled = b"\x80\x02c_codecs\nencode\nq\x00X" + struct.pack("<I", 10**5) + b"a" * 10**5
        pickled += b"q\x01X\x06\0\0\0latin1q\x02" + b"h\x00h\x01h\x02\x86R" * 10_000 + b"."
        with pytest.raises(UnpickleError, match="more text than it holds"):
            object_array(pickled)

    def test_a_zip_bomb(self, tmp_path):
        path = deepwriting_sample(tmp_path)
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (3 * 10**7,)})
        zipped(path, members(path) | {"mean.npy": header.getvalue() + bytes(24 * 10**7)})
        with pytest.raises(InkError, match=r"array mean, offset \d+: unpacks to 240000128 bytes"):
            read(DeepWritingFormat, path)

    def test_a_size_that_the_directory_hides(self, tmp_path):
        path = deepwriting_sample(tmp_path)
        contents = members(path)
        zipped(path, contents | {"mean.npy": contents["mean.npy"] + bytes(10**6)})
        data = path.read_bytes()
        size = struct.pack("<I", len(contents["mean.npy"]) + 10**6)
        assert data.count(size) == 2
        path.write_bytes(data.replace(size, struct.pack("<I", len(contents["mean.npy"]))))
        with pytest.raises(InkError, match="array mean"):
            read(DeepWritingFormat, path)

    @pytest.mark.parametrize("shape", [(10**12,), (-1, 3), (0, 10**15), (10**9, 10**9, 10**9), (), (1, 2, 3)])
    def test_shapes_that_the_data_do_not_have(self, tmp_path, shape):
        path = tmp_path / "x.npz"
        NpzFormat().write(path, [ink()])
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
        zipped(path, members(path) | {"points.npy": header.getvalue()})
        with pytest.raises(InkError, match="array points"):
            read(NpzFormat, path)

    @pytest.mark.parametrize("order", "<>")
    def test_text_beyond_unicode(self, tmp_path, order):
        path = deepwriting_sample(tmp_path)
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": f"{order}U2", "fortran_order": False, "shape": (2,)})
        text = np.array([97, 98, 99, 0x110000], f"{order}u4").tobytes()
        zipped(path, members(path) | {"texts.npy": header.getvalue() + text})
        with pytest.raises(InkError, match="array texts: has text beyond Unicode"):
            read(DeepWritingFormat, path)

    def test_limits_hold(self, tmp_path):
        path = tmp_path / "x.npz"
        NpzFormat().write(path, [ink()] * 10)
        for limits in (Limits(points=39), Limits(strokes=19), Limits(bytes=100), Limits(unpacked_bytes=100)):
            with pytest.raises(InkError, match=r"x.npz"):
                read(NpzFormat, path, limits=limits)
        assert len(read(NpzFormat, path, limits=Limits(points=40, strokes=20))) == 10

    def test_metadata_too_deep(self, tmp_path):
        path = tmp_path / "x.npz"
        NpzFormat().write(path, [ink()])
        about = (
            json.dumps({"format": "synthink ink", "version": 1, "inks": []})[:-1]
            + ', "a": '
            + "[" * 10**5
            + "]" * 10**5
        )
        with np.load(path) as arrays:
            changed = dict(arrays) | {"about": np.frombuffer((about + "}").encode(), np.uint8)}
        np.savez(path, **changed)
        with pytest.raises(InkError, match=r"array about.*nested more than 100 deep"):
            read(NpzFormat, path)
