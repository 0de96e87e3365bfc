"""The files of the page, read as text."""

from __future__ import annotations

import re

from bot.sandbox import demo


def test_the_page_names_no_address_outside_and_holds_no_inline_script() -> None:
    allowed = {"http://www.w3.org/2000/svg", "https://t.me/"}
    for path in demo.PAGE.iterdir():
        text = path.read_text()
        found = set(re.findall(r"https?://[\w./-]+", text))
        assert found <= allowed, path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text
        )
        if path.suffix == ".html":
            assert not re.search(r"<script(?![^>]*\bsrc=)", text)
            assert not re.search(r"\son\w+=|\sstyle=", text)


def test_each_script_is_loaded_by_another_or_by_the_page() -> None:
    scripts = {path.name for path in demo.PAGE.glob("*.js")}
    named: set[str] = set()
    for path in demo.PAGE.iterdir():
        named |= set(re.findall(r"[\"'](?:\./|/page/)([\w.]+\.js)[\"']", path.read_text()))
    assert scripts == named


def test_the_page_is_part_of_the_package() -> None:
    assert (demo.PAGE / "index.html").is_file()
