"""What a gesture asks of its page, and whether its label says just that."""

from __future__ import annotations

from synthink.documents import Gesture, edited_paragraphs
from synthink.documents.edits.edit import CROP, CROPPED, MEANT
from synthink.documents.page.model import Boxes, Page, shares_inside
from synthink.gestures.composed import Composed
from synthink.gestures.target import Target

OTHER_WORDS = "the box means other words, too"
OTHER_PLACE = "the box means another place"
OTHER_IMAGES = "the box means other images, too"


def gesture_of(composed: Composed) -> Gesture:
    """The gesture as a model should read it, in page pixels."""
    target = composed.target
    ends = (target.ends[0].centre, target.ends[1].centre) if target.ends else None
    return Gesture(composed.kind.name, target.box, composed.text, ends)


def label_ambiguity(composed: Composed) -> str | None:
    """The reason why an editor that has only the label would not do what was meant; None when it would."""
    target, page, edit = composed.target, composed.page, composed.kind.edit
    if edit is CROP and _inside(page.image_boxes, target, CROPPED) != [target.image]:
        return OTHER_IMAGES
    if edit.reword and target.image is not None:
        alone = _inside(page.image_boxes, target) == [target.image] and not _inside(page.word_boxes, target)
        return None if alone else OTHER_IMAGES
    intended = composed.kind.intended(list(page.words), target, composed.text)
    if edit.reword and intended is not None:
        wanted = _paragraphs(page, target, intended)
        return None if edited_paragraphs(page, gesture_of(composed)) == wanted else OTHER_PLACE
    if target.words and target.ends is None and _inside(page.word_boxes, target) != list(target.words):
        return OTHER_WORDS
    return None


def _paragraphs(page: Page, target: Target, words: list[str]) -> dict[int, str]:
    """Paragraph -> its text, of the paragraphs that the target's words stand in, where the page has these words."""
    starts, stops = page.paragraph_words
    return {
        paragraph: " ".join(filter(None, words[starts[paragraph] : stops[paragraph]]))
        for paragraph in {int(page.word_paragraphs[word]) for word in target.words}
    }


def _inside(boxes: Boxes, target: Target, share: float = MEANT) -> list[int]:
    """The numbers of the words or images that the box means: more than a share of each lies in it."""
    numbers: list[int] = (shares_inside(boxes, target.box) > share).nonzero()[0].tolist()
    return numbers
