"""What people open in a browser: the reading page. Served by the bot's own server."""
