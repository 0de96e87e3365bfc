"""briefing-bot: pre-written briefings on Telegram, each figure with its source."""

__version__ = "0.1.0"
