"""Unchanged Telegram libraries against the local Telegram: it must be good enough for them too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand import Person, Stand, validate_requests

# One bot in three dialects: /start offers a button, the button edits the text and sends a photo and a document.
TELEBOT = """
import io, sys
import telebot
from telebot import types
from PIL import Image

url, token = sys.argv[1:]
telebot.apihelper.API_URL = url + "/bot{0}/{1}"
telebot.apihelper.FILE_URL = url + "/file/bot{0}/{1}"
bot = telebot.TeleBot(token, threaded=False)

def picture():
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, "PNG")
    return file.getvalue()

@bot.message_handler(commands=["start"])
def start(message):
    keyboard = types.InlineKeyboardMarkup()
    keyboard.add(types.InlineKeyboardButton("Go", callback_data="go"))
    bot.send_message(message.chat.id, "<b>Hello</b>", parse_mode="HTML", reply_markup=keyboard)

@bot.callback_query_handler(func=lambda query: query.data == "go")
def go(query):
    bot.answer_callback_query(query.id, "going")
    bot.edit_message_text("Gone", query.message.chat.id, query.message.message_id)
    bot.send_photo(query.message.chat.id, picture(), caption="a picture")
    bot.send_document(query.message.chat.id, ("Мой.conf", b"[Interface]"), caption="a file")

@bot.message_handler(content_types=["document"])
def echo(message):
    content = bot.download_file(bot.get_file(message.document.file_id).file_path)
    bot.reply_to(message, content.decode())

bot.infinity_polling(timeout=5, long_polling_timeout=5)
"""

PTB = """
import io, sys
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, MessageHandler, filters
from PIL import Image

url, token = sys.argv[1:]

def picture():
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, "PNG")
    return file.getvalue()

async def start(update, context):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])
    await update.message.reply_text("<b>Hello</b>", parse_mode="HTML", reply_markup=keyboard)

async def go(update, context):
    await update.callback_query.answer("going")
    await update.callback_query.edit_message_text("Gone")
    await update.effective_chat.send_photo(picture(), caption="a picture")
    await update.effective_chat.send_document(b"[Interface]", filename="Мой.conf", caption="a file")

async def echo(update, context):
    file = await update.message.document.get_file()
    await update.message.reply_text(bytes(await file.download_as_bytearray()).decode(), do_quote=True)

application = ApplicationBuilder().token(token).base_url(url + "/bot").base_file_url(url + "/file/bot").build()
application.add_handler(CommandHandler("start", start))
application.add_handler(CallbackQueryHandler(go, pattern="^go$"))
application.add_handler(MessageHandler(filters.Document.ALL, echo))
application.run_polling(timeout=5)
"""

AIOGRAM = """
import asyncio, io, sys
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from PIL import Image

url, token = sys.argv[1:]
dispatcher = Dispatcher()

def picture():
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, "PNG")
    return file.getvalue()

@dispatcher.message(CommandStart())
async def start(message):
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])
    await message.answer("<b>Hello</b>", parse_mode="HTML", reply_markup=keyboard)

@dispatcher.callback_query(F.data == "go")
async def go(query):
    await query.answer("going")
    await query.message.edit_text("Gone")
    await query.message.answer_photo(BufferedInputFile(picture(), "a.png"), caption="a picture")
    await query.message.answer_document(BufferedInputFile(b"[Interface]", "Мой.conf"), caption="a file")

@dispatcher.message(F.document)
async def echo(message, bot):
    content = await bot.download(message.document)
    await message.reply(content.read().decode())

async def main():
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    await dispatcher.start_polling(Bot(token, session=session), polling_timeout=5)

asyncio.run(main())
"""


@pytest.fixture
def stand() -> Iterator[Stand]:
    with Stand(limits=False) as stand:
        yield stand


@pytest.fixture(params=[TELEBOT, PTB, AIOGRAM], ids=["pyTelegramBotAPI", "python-telegram-bot", "aiogram"])
def anya(stand: Stand, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Person]:
    """Yield a person who talks to a bot written with one of the libraries."""
    source = tmp_path / "bot.py"
    source.write_text(request.param, encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with subprocess.Popen([sys.executable, str(source), stand.url, stand.token], env=clean) as process:
        try:
            yield stand.user(5, "Аня")
        finally:
            process.kill()


def test_it_works(stand: Stand, anya: Person):
    anya.send("/start")
    greeting = anya.wait_for("Hello", timeout=30)
    assert greeting["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert anya.wait_for_answer(anya.press("Go"))["text"] == "going"
    assert anya.wait_for("Gone")["message_id"] == greeting["message_id"]
    assert anya.download(anya.wait_for("a picture")).startswith(b"\x89PNG")
    file = anya.wait_for("a file")
    assert (file["document"]["file_name"], anya.download(file)) == ("Мой.conf", b"[Interface]")
    mine = anya.send("", file={"name": "a.txt", "base64": "aGVsbG8="})
    assert anya.wait_for("hello")["reply_to_message"]["message_id"] == mine
    stand.settle()
    assert (validate_requests(stand), stand.violations()) == ([], [])
    assert [request["answer"] for request in stand.requests() if request["status"] not in (200, None)] == []
