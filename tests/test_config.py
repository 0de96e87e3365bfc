"""Settings: read from the surroundings, checked all at once, told without secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.config import Access, Listen, LogFormat, LogLevel, Settings, setting_names
from bot.errors import ConfigError

SECRET = "AAF0x-aB3dEfGhIjKlMnOpQrStUvWxYz_01"
TOKEN = f"123456789:{SECRET}"


def problems(environ: Mapping[str, str], *, needs_token: bool = False) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ, needs_token=needs_token)
    return caught.value.problems


def test_nothing_set_means_the_defaults() -> None:
    settings = Settings.load({})
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert (settings.state, settings.briefings, settings.seeds) == (
        Path("./var"),
        Path("briefings"),
        Path("seeds"),
    )
    assert settings.database == str(Path("var/briefing.sqlite"))
    assert settings.admins == ()
    assert settings.access is Access.OPEN
    assert settings.global_rate == 25
    assert settings.listen is None
    assert (settings.log, settings.log_level) == (LogFormat.TEXT, LogLevel.INFO)


def test_everything_set_is_read(tmp_path: Path) -> None:
    texts, cards = tmp_path / "texts", tmp_path / "cards"
    for folder in (texts, cards):
        folder.mkdir()
    settings = Settings.load(
        {
            "BRIEFING_TOKEN": f" {TOKEN} ",
            "BRIEFING_API_URL": "http://localhost:8081/",
            "BRIEFING_DATABASE_URL": "postgresql://ed:pa%40ss-word@db/briefing?sslmode=require",
            "BRIEFING_STATE": "/srv/state",
            "BRIEFING_BRIEFINGS": str(texts),
            "BRIEFING_SEEDS": str(cards),
            "BRIEFING_ADMINS": "11, 22;-1001234567890,11,",
            "BRIEFING_ACCESS": "Invite",
            "BRIEFING_GLOBAL_RATE": "900",
            "BRIEFING_PAID_BROADCAST": "on",
            "BRIEFING_WEBHOOK_URL": "https://bot.example.org:8443/hook",
            "BRIEFING_WEBHOOK_SECRET": "a-secret_word",
            "BRIEFING_LISTEN": "[::1]:8080",
            "BRIEFING_LOG": "json",
            "BRIEFING_LOG_LEVEL": "WARNING",
        },
        needs_token=True,
    )
    assert settings.bot_token == TOKEN
    assert settings.api_url == "http://localhost:8081"
    assert (settings.briefings, settings.seeds) == (texts, cards)
    assert settings.admins == (11, 22, -1001234567890)
    assert settings.access is Access.INVITE
    assert settings.global_rate == 900
    assert settings.listen == Listen("::1", 8080)
    assert str(settings.listen) == "[::1]:8080"
    assert settings.log_level is LogLevel.WARNING
    assert set(settings.secrets) == {TOKEN, "a-secret_word", "pa%40ss-word", "pa@ss-word"}


def test_the_environment_wins_over_dotenv(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "# ours\nexport BRIEFING_LOG='json'\nBRIEFING_ACCESS=list\n"
        f"BRIEFING_TOKEN={TOKEN}\nBRIEFING_SEEDS=${{HOME}}\nOTHER=1\n",
        encoding="utf-8",
    )
    settings = Settings.load({"BRIEFING_ACCESS": "invite"}, dotenv)
    assert settings.log is LogFormat.JSON
    assert settings.access is Access.INVITE
    assert settings.seeds == Path("${HOME}")
    assert settings.bot_token == TOKEN


def test_a_value_emptied_in_the_environment_is_empty(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("BRIEFING_LISTEN=0.0.0.0:80\nBRIEFING_LOG=json\n", encoding="utf-8")
    settings = Settings.load({"BRIEFING_LISTEN": "", "BRIEFING_LOG": " "}, dotenv)
    assert settings.listen is None
    assert settings.log is LogFormat.TEXT


def test_without_arguments_the_process_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("BRIEFING_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("BRIEFING_LOG=json\n", encoding="utf-8")
    monkeypatch.setenv("BRIEFING_ADMINS", "7")
    settings = Settings.load()
    assert settings.admins == (7,)
    assert settings.log is LogFormat.JSON


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n", encoding="utf-8")
    settings = Settings.load({"BRIEFING_TOKEN_FILE": str(file)}, needs_token=True)
    assert settings.bot_token == TOKEN


def test_a_file_in_the_environment_replaces_the_secret_of_dotenv(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"BRIEFING_TOKEN=42:{SECRET}\n", encoding="utf-8")
    assert Settings.load({"BRIEFING_TOKEN_FILE": str(file)}, dotenv).bot_token == TOKEN


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    (told,) = problems({"BRIEFING_TOKEN": TOKEN, "BRIEFING_TOKEN_FILE": str(file)})
    assert told == "BRIEFING_TOKEN is given twice, also by a file. Keep one."


def test_a_secret_file_that_cannot_be_read_is_named_once(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    told = problems(
        {
            "BRIEFING_TOKEN_FILE": str(tmp_path / "none"),
            "BRIEFING_WEBHOOK_SECRET_FILE": str(tmp_path / "empty"),
            "BRIEFING_DATABASE_URL_FILE": str(tmp_path / "binary"),
            "BRIEFING_WEBHOOK_URL": "https://bot.example.org",
            "BRIEFING_LISTEN": "127.0.0.1:8080",
        },
        needs_token=True,
    )
    assert sorted(told) == [
        f"BRIEFING_DATABASE_URL_FILE names {tmp_path}/binary, which is no text in UTF-8.",
        f"BRIEFING_TOKEN_FILE names {tmp_path}/none, but: no such file or directory.",
        f"BRIEFING_WEBHOOK_SECRET_FILE names {tmp_path}/empty, which is empty.",
    ]


def test_a_secret_written_where_its_file_belongs_is_not_repeated() -> None:
    told = problems({"BRIEFING_TOKEN_FILE": TOKEN})
    assert told == ("BRIEFING_TOKEN_FILE names a file, but: no such file or directory.",)


def test_a_dotenv_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"BRIEFING_LOG=\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings.load({}, dotenv)


def test_a_missing_token_says_what_to_do() -> None:
    (told,) = problems({}, needs_token=True)
    assert "@BotFather" in told
    assert "briefing-bot demo" in told
    with pytest.raises(ConfigError):
        _ = Settings.load({}).bot_token


def test_all_problems_are_told_at_once() -> None:
    told = problems(
        {
            "BRIEFING_ADMINS": "ada",
            "BRIEFING_ACCESS": "opne",
            "BRIEFING_GLOBAL_RATE": "0",
            "BRIEFING_WEBHOOK_URL": "http://x",
            "BRIEFING_PAID_BROADCAST": "maybe",
            "BRIEFING_LOG": "xml",
            "BRIEFING_LGO_LEVEL": "info",
            "BRIEFING_DATABASE_URL": "mysql://a:b@c/d",
            "BRIEFING_SEEDS": "nowhere/cards",
        },
        needs_token=True,
    )
    names = sorted(sentence.split()[0] for sentence in told)
    assert names == [
        "BRIEFING_ACCESS",
        "BRIEFING_ADMINS",
        "BRIEFING_DATABASE_URL",
        "BRIEFING_GLOBAL_RATE",
        "BRIEFING_LGO_LEVEL",
        "BRIEFING_LISTEN",
        "BRIEFING_LOG",
        "BRIEFING_PAID_BROADCAST",
        "BRIEFING_SEEDS",
        "BRIEFING_TOKEN",
        "BRIEFING_WEBHOOK_SECRET",
        "BRIEFING_WEBHOOK_URL",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BRIEFING_LGO", "Did you mean BRIEFING_LOG?"),
        ("BRIEFING_ADMIN", "Did you mean BRIEFING_ADMINS?"),
        ("BRIEFING_DATABSE_URL", "Did you mean BRIEFING_DATABASE_URL?"),
        ("BRIEFING_TOKENFILE", "Did you mean BRIEFING_TOKEN_FILE?"),
        ("BREIFING_TOKEN", "Did you mean BRIEFING_TOKEN?"),
        ("BRIEFINGS_STATE", "Did you mean BRIEFING_STATE?"),
        ("BRIEFING_STATE_FILE", "only secrets may come from a file"),
        ("BRIEFING_QQQQ", "The README lists"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest(name: str, said: str) -> None:
    (told,) = problems({name: TOKEN})
    assert told.startswith(f"{name} is no setting")
    assert said in told
    assert SECRET not in told


def test_other_programs_names_are_left_alone() -> None:
    names = ("HOME", "BROWSER", "BRIEFCASE", "BRIEFING_BOT_SERVICE_HOST", "BRIEFING_BOT_PORT_80")
    assert Settings.load(dict.fromkeys(names, "x")) == Settings.load({})


def test_small_letters_will_do() -> None:
    assert Settings.load({"briefing_log": "json"}).log is LogFormat.JSON


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOKEN", "hello", "is no token"),
        ("TOKEN", SECRET, "is no token"),
        ("TOKEN", "123456789", "is no token"),
        ("TOKEN", f"123456789:{SECRET[:20]}", "(123456789:...) is cut short"),
        ("TOKEN", f"123456789:{SECRET} oops", "(123456789:...) is cut short"),
        ("API_URL", "api.telegram.org", "is no address"),
        ("API_URL", "https://api.telegram.org?x=1", "holds more than a root"),
        ("API_URL", "http://[broken", "is no address that can be read"),
        ("DATABASE_URL", "mysql://u:p@h/d", "is for no database we know"),
        ("DATABASE_URL", "postgresql://u:p", "has a port that is no number"),
        ("DATABASE_URL", "postgresql://u:a#b@h/d", "percent-encoded"),
        ("DATABASE_URL", "postgresql://u:a/b@h/d", "percent-encoded"),
        ("DATABASE_URL", "postgresql://u@h", "names no database"),
        ("DATABASE_URL", "sqlite://", "names no file"),
        ("STATE", __file__, "is a file"),
        ("SEEDS", "x" * 5000, "no folder that can be reached"),
        ("ADMINS", "1,@ada", "(@ada)"),
        ("ADMINS", "0", "holds what is no id (0)"),
        ("ACCESS", "closed", "'open', 'invite' or 'list'"),
        ("GLOBAL_RATE", "0.5", "1 to 30"),
        ("GLOBAL_RATE", "nan", "1 to 30"),
        ("GLOBAL_RATE", "fast", "1 to 30"),
        ("GLOBAL_RATE", "31", "BRIEFING_PAID_BROADCAST=on"),
        ("GLOBAL_RATE", "1001", "1 to 30"),
        ("PAID_BROADCAST", "perhaps", "is neither on nor off"),
        ("LISTEN", "8080", "is no host:port"),
        ("LISTEN", "localhost:99999", "is no host:port"),
        ("WEBHOOK_SECRET", "with space", "is refused by Telegram"),
        ("WEBHOOK_SECRET", "x" * 257, "is refused by Telegram"),
        ("LOG", "xml", "'text' or 'json'"),
        ("LOG_LEVEL", "loud", "'warning'"),
    ],
)
def test_a_wrong_value_is_told_with_the_remedy(name: str, value: str, said: str) -> None:
    (told,) = problems({f"BRIEFING_{name}": value})
    assert told.startswith(f"BRIEFING_{name} ")
    assert said in told
    assert told.endswith(".")


@pytest.mark.parametrize("port", [":80", ":88", ":443", ":8443", ""])
def test_a_webhook_stands_on_a_port_that_telegram_takes(port: str) -> None:
    given_ = {
        "BRIEFING_WEBHOOK_SECRET": "s",
        "BRIEFING_LISTEN": "127.0.0.1:8080",
    }
    url = f"https://bot.example.org{port}/hook"
    assert Settings.load({**given_, "BRIEFING_WEBHOOK_URL": url}).webhook_url == url
    (told,) = problems({**given_, "BRIEFING_WEBHOOK_URL": "https://bot.example.org:8080/"})
    assert "80, 88, 443 or 8443" in told


def test_a_webhook_needs_a_secret_and_a_place_to_listen() -> None:
    told = problems({"BRIEFING_WEBHOOK_URL": "https://bot.example.org"})
    assert [sentence.split()[0] for sentence in told] == [
        "BRIEFING_WEBHOOK_SECRET",
        "BRIEFING_LISTEN",
    ]


def test_an_api_server_of_ones_own_takes_short_tokens_and_plain_webhooks() -> None:
    settings = Settings.load(
        {
            "BRIEFING_API_URL": "http://127.0.0.1:8081",
            "BRIEFING_TOKEN": "42:sandbox",
            "BRIEFING_WEBHOOK_URL": "http://127.0.0.1:9999/hook",
            "BRIEFING_WEBHOOK_SECRET": "s",
            "BRIEFING_LISTEN": "127.0.0.1:9999",
        }
    )
    assert settings.bot_token == "42:sandbox"
    assert settings.webhook_url == "http://127.0.0.1:9999/hook"


def test_the_demo_has_nothing_of_the_real_bot() -> None:
    real = Settings.load(
        {
            "BRIEFING_TOKEN": TOKEN,
            "BRIEFING_DATABASE_URL": "postgresql://u:hidden-word@h/d",
            "BRIEFING_STATE": "/srv/state",
            "BRIEFING_ADMINS": "7",
        }
    )
    demo = real.for_demo()
    assert demo.token is None
    assert demo.database == "/srv/state/demo/briefing.sqlite"
    assert demo.secrets == ()
    assert real.bot_token == TOKEN


def test_no_secret_is_seen_in_print_or_error() -> None:
    secret = "hidden-word"
    settings = Settings.load(
        {
            "BRIEFING_TOKEN": TOKEN,
            "BRIEFING_DATABASE_URL": f"postgresql://u:{secret}@h/d",
            "BRIEFING_WEBHOOK_SECRET": secret,
        }
    )
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert secret not in shown
    assert SECRET not in shown


def test_a_file_of_no_possible_name_is_told() -> None:
    with pytest.raises(ConfigError, match="BRIEFING_TOKEN_FILE is no file's name"):
        Settings.load({"BRIEFING_TOKEN_FILE": "a\0b"}, needs_token=True)


@examples(deadline=None)
@given(st.sampled_from(setting_names()), st.text(st.characters(codec="ascii"), max_size=20))
def test_a_secret_pasted_anywhere_is_never_repeated(name: str, around: str) -> None:
    half = "AAF0x-hidden-part-of-the-token-0123456"
    for value in (
        f"{around}123456789:{half}",
        f"postgresql://u:{half}@{around}",
        f"{around}:{half}",
    ):
        said = ""
        try:
            Settings.load({name: value}, needs_token=True)
        except ConfigError as error:
            said = str(error)
        assert half not in said
