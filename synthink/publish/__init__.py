"""From a folder on the disk to a repository on the hub: what is sent, in which order, and that it has arrived."""

from synthink.publish.model import publish_model
from synthink.publish.publication import Destination, publish

__all__ = ["Destination", "publish", "publish_model"]
