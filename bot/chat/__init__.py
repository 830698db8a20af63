"""Between the platform and the features: what came in → who says it → which command → handler → what goes back.

``screen`` drops what isn't for the bot, ``table`` finds the command, ``desk`` runs it, ``adapter`` is the wire.
"""
