"""The camera: what lies between the drawn page and the picture. It moves pixels and geometry together."""

from synthink.camera.camera import Camera
from synthink.camera.optics import WiderPicture
from synthink.camera.photo import Photo, photograph
from synthink.camera.view import View

__all__ = ["Camera", "Photo", "View", "WiderPicture", "photograph"]
