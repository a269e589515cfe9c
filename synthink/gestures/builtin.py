"""The classes that come with synthink: importing this module makes them known."""

from synthink.gestures.crop import Crop
from synthink.gestures.delete import Delete
from synthink.gestures.insert import Insert
from synthink.gestures.instruct import InstructImage, InstructText
from synthink.gestures.point import Point
from synthink.gestures.question import Question
from synthink.gestures.select import Select
from synthink.gestures.underline import Underline

__all__ = ["Crop", "Delete", "Insert", "InstructImage", "InstructText", "Point", "Question", "Select", "Underline"]
