"""The sources that a branch has subscribed to: hot lists and feeds. What they say is kept here for every feature."""
