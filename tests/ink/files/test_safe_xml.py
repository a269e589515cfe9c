"""XML that no one here wrote: what is refused, and damaged files of every XML format."""

from __future__ import annotations

import itertools
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from synthink.ink.files import safe_xml
from synthink.ink.files.base import Reading
from synthink.ink.files.dollar import DollarFormat
from synthink.ink.files.iamondb import IamOnDbFormat
from synthink.ink.files.inkml.reader import InkMLFormat
from synthink.ink.files.svg.reader import SvgFormat
from synthink.ink.files.xournal import XournalFormat
from synthink.ink.model import InkError
from tests.ink.files.reading import read
from tests.ink.files.test_iamondb import LINE
from tests.ink.files.test_svg import svg_of
from tests.ink.files.test_xournal import PAGES


class TestXml:
    BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "' + f"&{old};" * 10 + '">' for old, new in itertools.pairwise("abcdefghi")
    )

    @pytest.mark.timeout(30)
    @pytest.mark.parametrize(
        "text, reason",
        [
            (BOMB + "]><a>&i;</a>", "declares the entity 'b', which is made of others"),
            ('<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>', "'x', which is a parameter"),
            ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "'x', which stands outside the file"),
            ('<!DOCTYPE a [<!ENTITY x "<b/>">]><a>&x;</a>', "'x', which is made of others or of elements"),
            ('<!DOCTYPE a [<!ENTITY x "&#38;x;">]><a>&x;</a>', "'x', which is made of others"),
            (f'<!DOCTYPE a [<!ENTITY x "{"y" * 1001}">]><a/>', "'x', which may unpack to too much"),
            (f'<!DOCTYPE a [<!ENTITY x "{"y" * 999}">]><a>{"&x;" * 1100}</a>', "'x', which may unpack to too much"),
            ('<!DOCTYPE a SYSTEM "a.dtd"><a>&x;</a>', "uses the entity 'x', which it does not declare"),
            ("<a>" * 3_000_000, "nested deeper than 100"),
            ("<a>" + "<b/>" * 300_000, "more than 250000 elements"),
            ("<a" + "".join(f' a{i}=""' for i in range(50_000)) + "/>", None),
            ("<a><b></a>", "line 1, offset 8: .*mismatched tag"),
        ],
    )
    def test_hostile_text(self, text, reason):
        if reason is None:
            safe_xml.parse(text.encode(), Reading("f"))
        else:
            with pytest.raises(InkError, match=reason):
                safe_xml.parse(text.encode(), Reading("f"))

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_a_document_type_that_changes_nothing(self, encoding):
        text = """<!DOCTYPE a PUBLIC "-//W3C//DTD" "http://127.0.0.1:1/a.dtd" [<!-- a > --><!ELEMENT a (b*)>
        <!ATTLIST b fill CDATA "red" own:x CDATA #IMPLIED><!ENTITY ns "urn:x"><!ENTITY t 'plain'>]>
        <a xmlns="&ns;"><b>&t; &amp; &t;</b></a>"""
        root = safe_xml.parse(text.encode(encoding), Reading("f"))
        assert root.attributes == {"xmlns": "urn:x"}
        assert root.children[0].attributes == {} and root.children[0].text == "plain & plain"

    @pytest.mark.parametrize(
        "head, name",
        [
            (b"<ink/>", "ink"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg> --><a:ink>", "ink"),
            ("<?xml version='1.0' encoding='utf-16'?><ink>".encode("utf-16"), "ink"),
            ("<ink>".encode("utf-16-le"), "ink"),
            ("<ink>".encode("utf-16-be"), "ink"),
            (b'<!DOCTYPE svg PUBLIC "a" "b"><svg>', "svg"),
            (b"hello", None),
            (b"", None),
            (b"<!-- never ends", None),
            (b"<!---->" * 500, None),
            (b"\x00\x01\x02", None),
        ],
    )
    @pytest.mark.timeout(30)
    def test_root_name(self, head, name):
        assert safe_xml.root_name(head) == name

    def test_text_across_comments_and_references_is_one(self):
        root = safe_xml.parse(b"<a>1 <!-- x -->2 <![CDATA[<3>]]> &lt;&#52;</a>", Reading("f"))
        assert root.text == "1 2 <3> <4"

    def test_a_long_text_is_whole(self):
        text = ",".join(f"{number} {number}" for number in range(100_000))
        assert safe_xml.parse(f"<a>{text}</a>".encode(), Reading("f")).text == text


def mutated(data: bytes, count: int) -> list[bytes]:
    """The data cut, doubled, and with bytes changed, in `count` ways that are always the same."""
    found = []
    for number in range(count):
        draw = zlib.crc32(b"%d" % number)
        at, to = draw % len(data), (draw >> 8) % len(data)
        token = (b"<", b">", b"\0", b"1e999", b"nan", b"-", b'"', b"&a;", b"\xff", b"," * 50, b"9" * 400, b"#" * 9)[
            draw % 12
        ]
        ways = (data[:at], data[:at] + token + data[at:], data[:at] + token + data[at + len(token) :])
        found.append((*ways, data[: max(at, to)] + data[min(at, to) :])[(draw >> 3) % 4])
    return found


SOUND = {
    IamOnDbFormat: LINE.format(general="").encode(),
    DollarFormat: b'<Gesture Name="a"><Stroke><Point X="1" Y="2" T="3"/><Point X="2" Y="2" T="9"/></Stroke></Gesture>',
    XournalFormat: PAGES.encode(),
    SvgFormat: svg_of('<g transform="scale(2)"><path d="M1 2C3 4 5 6 7 8a1 2 30 0 1 5 5z"/></g>', 'viewBox="0 0 9 9"'),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("format", SOUND, ids=lambda format: format.__name__)
@pytest.mark.parametrize("strict", [True, False])
def test_changed_files_are_read_or_refused(tmp_path, format, strict):
    assert read(format, _put(tmp_path, SOUND[format]))
    refused = 0
    for data in mutated(SOUND[format], 200):
        try:
            for ink in read(format, _put(tmp_path, data), strict):
                assert np.isfinite(ink.points[:, :2]).all()
        except InkError as error:
            refused += 1
            assert re.match(r"a\.x[, :]", str(error)) and "\n" not in str(error)
    assert refused > 10


def _put(folder: Path, data: bytes) -> Path:
    path = folder / "a.x"
    path.write_bytes(data)
    return path


def test_bytes_that_are_not_utf8_are_named_with_the_remedy(tmp_path):
    label = '<annotation type="truth">größe</annotation><trace>0 0, 1 1</trace></ink>'
    data = f'<ink xmlns="http://www.w3.org/2003/InkML">{label}'.encode("latin-1")
    with pytest.raises(InkError, match=r"offset 69: .* .0xF6 is not UTF-8; name the file's encoding"):
        read(InkMLFormat, _put(tmp_path, data))
    (ink,) = read(InkMLFormat, _put(tmp_path, b'<?xml version="1.0" encoding="ISO-8859-1"?>' + data))
    assert ink.label == "größe"
