"""What gestures ask of a page, and the page after it."""
