"""A bot of a few lines, as the first example of its library has it: the measure of a lookup.

python tests/bench/echo.py URL TOKEN
"""

from __future__ import annotations

import logging
import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None:
        await update.message.reply_text("The Middle Corridor carried 4.5 million tons in 2024.")


def main(url: str, token: str) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    application = Application.builder().token(token).base_url(f"{url}/bot").job_queue(None).build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
