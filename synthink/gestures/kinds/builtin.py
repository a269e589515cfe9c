"""The classes that come with synthink: importing this module makes them known."""

from synthink.gestures.kinds.crop import Crop
from synthink.gestures.kinds.delete import Delete
from synthink.gestures.kinds.insert import Insert
from synthink.gestures.kinds.instruct import InstructImage, InstructText
from synthink.gestures.kinds.point import Point
from synthink.gestures.kinds.question import Question
from synthink.gestures.kinds.select import Select
from synthink.gestures.kinds.underline import Underline

__all__ = ["Crop", "Delete", "Insert", "InstructImage", "InstructText", "Point", "Question", "Select", "Underline"]
