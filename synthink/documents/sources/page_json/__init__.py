"""Page folders of the AMLD workshop."""
