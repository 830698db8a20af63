"""What people open in a browser or subscribe to by a link. Served by the bot's own server."""
