"""The classes of gestures, one file each."""
