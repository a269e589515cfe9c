"""Pictures and boxes for detectors: COCO and YOLO."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from synthink.exports.base import Lines, Part, json_list
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.detection import DetectionExport


class CocoExport(DetectionExport):
    """`annotations/instances_SPLIT.json` and `images/SPLIT/`: boxes are x, y, width and height in pixels."""

    name = "coco"
    reader = "pycocotools, torchvision's CocoDetection (root=images/SPLIT, annFile=annotations/instances_SPLIT.json)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            width, height = picture.size_px
            path = part.picture(picture).removeprefix(f"images/{part.split}/")
            image_id = picture.first + 1
            part.add("images", {"id": image_id, "file_name": path, "width": width, "height": height})
            part.rows += len(picture.rows)
            for item in self.classes.objects(picture, part):
                left, top, right, bottom = item.box
                bbox = [left, top, right - left, bottom - top]
                about = {"image_id": image_id, "category_id": self.classes.names[item.kind] + 1, "bbox": bbox}
                about |= {"area": bbox[2] * bbox[3], "iscrowd": 0, "segmentation": [], "text": item.text}
                part.add("annotations", about)

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"annotations/instances_{split}.json": self._content(dataset, split, lines)}

    def _content(self, dataset: ExportedDataset, split: str, lines: Lines) -> Iterator[bytes]:
        licence = str(dataset.manifest.identity["licence"])
        info = {"description": f"{dataset.name}, {split}", "version": dataset.digest}
        categories = [{"id": number + 1, "name": name} for name, number in self.classes.names.items()]
        yield f'{{"info": {json.dumps(info)},\n"licenses": [{json.dumps({"id": 1, "name": licence})}],\n'.encode()
        yield f'"categories": {json.dumps(categories)},\n"images": '.encode()
        yield from json_list(lines.of("images"))
        yield b',"annotations": '
        # Every line is an object, to which its number is added.
        numbered = (b'{"id": %d, ' % number + line[1:] for number, line in enumerate(lines.of("annotations"), start=1))
        yield from json_list(numbered)
        yield b"}\n"


ORDER = ("validation", "test", "train")
"""The splits of which the first that is there is validated on."""


class YoloExport(DetectionExport):
    """`data.yaml`, `images/SPLIT/` and `labels/SPLIT/`: a line a box, its middle and size as shares of the picture."""

    name = "yolo"
    reader = "ultralytics (data.yaml)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            width, height = picture.size_px
            part.picture(picture)
            part.rows += len(picture.rows)
            text = ""
            for item in self.classes.objects(picture, part):
                (x, y), box = item.box.centre, item.box
                numbers = (x / width, y / height, (box[2] - box[0]) / width, (box[3] - box[1]) / height)
                text += " ".join([str(self.classes.names[item.kind]), *(f"{number:.9f}" for number in numbers)]) + "\n"
            name = picture.name.rpartition(".")[0]
            part.write(f"labels/{part.split}/{part.stem}", f"{name}.txt", text.encode())

    def common_files(self, dataset: ExportedDataset) -> Mapping[str, Iterable[bytes]]:
        names = {split: "val" if split == "validation" else split for split in dataset.splits}
        lines = [f"{name}: images/{split}" for split, name in names.items()]
        for name in {"train", "val"} - set(names.values()):  # which the reader wants
            order = ORDER if name == "val" else ORDER[::-1]
            other = next((split for split in order if split in names), dataset.splits[0])
            lines.append(f"{name}: images/{other}")
        classes = [f"  {number}: {json.dumps(name)}" for name, number in self.classes.names.items()]
        return {"data.yaml": ["\n".join([*sorted(lines), "names:", *classes, ""]).encode()]}
