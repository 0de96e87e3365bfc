"""What an operator may set: environment variables or `.env`, prefix BRIEFING_.

`Settings.load()` reads them once, at the edge. Everything wrong is told at once, in plain words,
with the remedy; a secret is never repeated, of a token at most the bot's id.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple, Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import environment
from bot.environment import PREFIX
from bot.errors import ConfigError

TELEGRAM = "https://api.telegram.org"
WEBHOOK_PORTS = (80, 88, 443, 8443)
SECRETS = ("TOKEN", "DATABASE_URL", "WEBHOOK_SECRET")
FREE_RATE = 30
PAID_RATE = 1000


class Access(StrEnum):
    """Who may use the bot."""

    OPEN = "open"
    INVITE = "invite"
    LIST = "list"


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least grave line that is still written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class Listen(NamedTuple):
    """Where webhook and health are served; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Settings(BaseSettings):
    """All settings, checked. A field's description is its line in the README."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    api_url: str = Field(TELEGRAM, description="root of the Bot API server")
    token: SecretStr | None = Field(None, description="the bot's token from @BotFather")
    state: Path = Field(Path("var"), description="folder of all that is remembered")
    database_url: SecretStr | None = Field(
        None, description="`postgresql://...`; by default an SQLite file in `BRIEFING_STATE`"
    )
    briefings: Path = Field(Path("briefings"), description="folder of dossiers and editions")
    seeds: Path = Field(Path("seeds"), description="folder of source cards")
    admins: Annotated[tuple[int, ...], NoDecode] = Field(
        (), description="user ids, comma between; a group's id adds that group"
    )
    access: Access = Field(Access.OPEN, description="`open`, `invite` or `list`")
    paid_broadcast: bool = Field(False, description="pay Stars for more than 30 messages a second")
    global_rate: float = Field(25.0, description="messages a second, at most 30; 1000 when paid")
    webhook_url: str | None = Field(None, description="https address for updates; else polling")
    webhook_secret: SecretStr | None = Field(
        None, validate_default=True, description="1 to 256 of `A-Z a-z 0-9 _ -`"
    )
    listen: Listen | None = Field(
        None, validate_default=True, description="`host:port` of webhook and health"
    )
    log: LogFormat = Field(LogFormat.TEXT, description="`text` or `json`")
    log_level: LogLevel = Field(LogLevel.INFO, description="`debug` to `critical`")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing is read behind the caller's back; `load` hands the surroundings in."""
        return (init_settings,)

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str] | None = None,
        dotenv: Path | None = None,
        *,
        needs_token: bool = False,
    ) -> Self:
        """The settings of `environ` over those of the file `dotenv`.

        Without `environ`: the process's environment, over `.env` in the current folder.
        `needs_token`, for `run`, seeks its folders too. Raises ConfigError with every problem.
        """
        if environ is None:
            environ = os.environ
            dotenv = Path(".env") if dotenv is None else dotenv
        problems: list[str] = []
        layers = (environment.read_dotenv(dotenv, problems), environ)
        values = environment.gather(layers, setting_names(), SECRETS, problems)
        if needs_token and "TOKEN" not in values:
            problems.append(
                "BRIEFING_TOKEN is missing. Write the token that @BotFather gave you into the "
                "environment or .env, or name a file by BRIEFING_TOKEN_FILE; "
                "`briefing-bot demo` needs none."
            )
        if needs_token:
            environment.seek_folders(values, ("BRIEFINGS", "SEEDS"), problems)
        try:
            settings = cls(**_Given(cls, values)())
        except ValidationError as error:
            # What could not be read from its file was told already; it is not missing as well.
            told = _told(error)
            problems += [told[name] for name in told if values.get(name, "") is not None]
        else:
            if not problems:
                return settings
        raise ConfigError(tuple(problems))

    @property
    def bot_token(self) -> str:
        """The token in clear. Raises ConfigError when there is none."""
        if self.token is None:
            raise ConfigError(("BRIEFING_TOKEN is missing.",))
        return self.token.get_secret_value()

    @property
    def database(self) -> str:
        """The database in clear: the URL that was set, or the path of the SQLite file."""
        own = str(self.state / "briefing.sqlite")
        return own if self.database_url is None else self.database_url.get_secret_value()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log: token, webhook secret, the database's password."""
        found = [value.get_secret_value() for value in (self.token, self.webhook_secret) if value]
        if self.database_url is not None:
            url = urlsplit(self.database_url.get_secret_value())
            passwords = parse_qs(url.query).get("password", [])
            if url.password:
                passwords += [url.password, unquote(url.password)]
            found += dict.fromkeys(passwords)
        return tuple(found)

    def for_demo(self) -> Self:
        """The same, on the built-in sandbox: a state of its own, and nothing of the real bot's."""
        return self.model_copy(
            update={
                "token": None,
                "api_url": TELEGRAM,
                "state": self.state / "demo",
                "database_url": None,
                "access": Access.OPEN,
                "paid_broadcast": False,
                "global_rate": min(self.global_rate, float(FREE_RATE)),
                "webhook_url": None,
                "webhook_secret": None,
                "listen": None,
            }
        )

    @field_validator("api_url", mode="before")
    @classmethod
    def _api_url(cls, value: object) -> str:
        url = _split(value)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError(f"is no address. Write the server's root, like {TELEGRAM}.")
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("holds more than a root: no user, ?query or #fragment, please.")
        return str(value).strip().rstrip("/")

    @field_validator("token", mode="before")
    @classmethod
    def _token(cls, value: object, info: ValidationInfo) -> object:
        if value is None:
            return None
        token = _clear(value)
        number, colon, rest = token.partition(":")
        # Telegram's secrets have 35 characters; a sandbox or a test server may take shorter ones.
        least = 35 if info.data.get("api_url") == TELEGRAM else 1
        if not (number.isascii() and number.isdigit() and colon):
            raise ValueError(
                "is no token: the bot's number and a colon come first. See @BotFather."
            )
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{{least},}}", rest):
            raise ValueError(
                f"({number}:...) is cut short or has a character too many: after the colon come "
                "35 or more letters, digits, _ or -. Copy it whole from @BotFather."
            )
        return SecretStr(token)

    @field_validator("state", "briefings", "seeds", mode="before")
    @classmethod
    def _folder(cls, value: object) -> Path:
        try:
            path = Path(str(value).strip()).expanduser()
            wrong = path.exists() and not path.is_dir()
        except (OSError, RuntimeError):
            raise ValueError("is no folder that can be reached. Name another.") from None
        if wrong:
            raise ValueError(f"({path}) is a file. Name a folder.")
        return path

    @field_validator("database_url", mode="before")
    @classmethod
    def _database_url(cls, value: object) -> object:
        if value is None:
            return None
        text = _clear(value)
        url = _split(text)
        if url.scheme in {"sqlite", "sqlite+aiosqlite"}:
            if url.netloc or not url.path.strip("/"):
                raise ValueError("names no file. Write sqlite:///folder/briefing.sqlite.")
            return SecretStr(text)
        if url.scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
            raise ValueError(
                "is for no database we know. Write postgresql://user:password@host/name, "
                "or leave it empty for an SQLite file."
            )
        if _port(url) is None or "#" in text:
            raise ValueError(
                "has a port that is no number. If the password holds one of @ : / ? # %, "
                "write it percent-encoded (%40 for @)."
            )
        if not url.path.strip("/"):
            raise ValueError("names no database. Write postgresql://user:password@host/name.")
        return SecretStr(text)

    @field_validator("admins", mode="before")
    @classmethod
    def _admins(cls, value: object) -> tuple[int, ...]:
        words = value.replace(";", ",").split(",") if isinstance(value, str) else value
        if not isinstance(words, list | tuple):
            raise ValueError("is no list of ids.")
        texts = [str(word).strip() for word in words]
        wrong = [text for text in texts if text and not re.fullmatch(r"-?[1-9][0-9]{0,18}", text)]
        if wrong:
            # A token pasted into the wrong place is not repeated.
            shown = ", ".join(text for text in wrong if re.fullmatch(r"@?\w{1,32}", text))
            raise ValueError(
                f"holds what is no id{shown and f' ({shown})'}. "
                "Write user ids (numbers, not @names) with a comma between."
            )
        return tuple(dict.fromkeys(int(text) for text in texts if text))

    @field_validator("access", "log", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("global_rate", mode="before")
    @classmethod
    def _global_rate(cls, value: object, info: ValidationInfo) -> float:
        paid = bool(info.data.get("paid_broadcast", True))
        try:
            rate = float(str(value))
        except ValueError:
            rate = math.nan
        if 1 <= rate <= (PAID_RATE if paid else FREE_RATE):
            return rate
        if not paid and FREE_RATE < rate <= PAID_RATE:
            raise ValueError(
                f"is more than the {FREE_RATE} a second that Telegram gives for nothing. "
                f"Write at most {FREE_RATE}, or set BRIEFING_PAID_BROADCAST=on too."
            )
        raise ValueError(f"is no rate. Write messages a second, 1 to {FREE_RATE}.")

    @field_validator("webhook_url", mode="before")
    @classmethod
    def _webhook_url(cls, value: object, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = _split(value)
        own = info.data.get("api_url", TELEGRAM) != TELEGRAM
        # A Bot API server of one's own, started with --local, takes http and any port.
        if not url.hostname or url.scheme not in ({"http", "https"} if own else {"https"}):
            raise ValueError("is no https address. Write one like https://bot.example.org/hook.")
        port = _port(url) or (80 if url.scheme == "http" else 443)
        if _port(url) is None or not (own or port in WEBHOOK_PORTS):
            raise ValueError("has a port that Telegram refuses. Use 80, 88, 443 or 8443.")
        return str(value).strip()

    @field_validator("webhook_secret", mode="before")
    @classmethod
    def _webhook_secret(cls, value: object, info: ValidationInfo) -> object:
        if value is None:
            if _has_webhook(info):
                raise ValueError("is missing; without it anybody could send us updates.")
            return None
        text = _clear(value)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
            raise ValueError("is refused by Telegram. Use 1 to 256 of A-Z a-z 0-9 _ and -.")
        return SecretStr(text)

    @field_validator("listen", mode="before")
    @classmethod
    def _listen(cls, value: object, info: ValidationInfo) -> Listen | None:
        if value is None:
            if _has_webhook(info):
                raise ValueError("is missing; the webhook needs it. Write 127.0.0.1:8080.")
            return None
        if isinstance(value, Listen):
            return value
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", str(value))
        if found is None or int(found[2]) > 65535:
            raise ValueError("is no host:port. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all.")
        return Listen(found[1].strip("[]"), int(found[2]))


class _Given(EnvSettingsSource):
    """What `load` gathered, read by the rules of pydantic-settings."""

    def __init__(self, settings_cls: type[BaseSettings], values: Mapping[str, str | None]) -> None:
        super().__init__(settings_cls)
        self.env_vars = {
            (PREFIX + name).lower(): value for name, value in values.items() if value is not None
        }


def setting_names() -> tuple[str, ...]:
    """Every name that the environment may hold, the `..._FILE` forms included."""
    plain = [PREFIX + name.upper() for name in Settings.model_fields]
    return (*plain, *(f"{PREFIX}{name}_FILE" for name in SECRETS))


def _told(error: ValidationError) -> dict[str, str]:
    """One sentence for each setting that is wrong, by its name without prefix."""
    told: dict[str, str] = {}
    for found in error.errors(include_url=False, include_input=False):
        name = str(found["loc"][0]).upper()
        match found["type"]:
            case "value_error":
                said = str(found["ctx"]["error"])
            case "enum":
                said = f"is unknown. Write one of: {found['ctx']['expected']}."
            case "bool_parsing" | "bool_type":
                said = "is neither on nor off. Write on or off."
            case _:
                said = f"is wrong: {found['msg']}."
        told[name] = f"{PREFIX}{name} {said}"
    return told


def _split(value: object) -> SplitResult:
    try:
        return urlsplit(str(value).strip())
    except ValueError:
        # Python's own words may repeat the part that holds a password.
        raise ValueError("is no address that can be read.") from None


def _port(url: SplitResult) -> int | None:
    """The port, 0 where none is given; None where it is no port."""
    try:
        return url.port or 0
    except ValueError:
        return None


def _clear(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value).strip()


def _has_webhook(info: ValidationInfo) -> bool:
    """Whether updates come by webhook; a URL that was refused counts as one."""
    return "webhook_url" not in info.data or info.data["webhook_url"] is not None
