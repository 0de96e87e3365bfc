"""A pretend Telegram: strict where the real one is, and deaf to everything of ours."""
