// Moments in the acting person's zone: the page's own in its own language, those inside a
// message in the person's.

const cache = new Map();

function formatter(language, zone, options) {
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  let found = cache.get(key);
  if (!found) {
    try {
      // Plain "en" would write the month before the day.
      found = new Intl.DateTimeFormat(!language || language === "en" ? "en-GB" : language, { timeZone: zone || "UTC", hourCycle: "h23", ...options });
    } catch {
      found = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hourCycle: "h23", ...options });
    }
    cache.set(key, found);
  }
  return found;
}

const say = (unix, { zone }, options, language = "en") =>
  formatter(language, zone, options).format(new Date(unix * 1000));

export const hour = (unix, viewer) => say(unix, viewer, { hour: "2-digit", minute: "2-digit" });
export const second = (unix, viewer) =>
  say(unix, viewer, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
export const full = (unix, viewer) =>
  say(unix, viewer, { dateStyle: "full", timeStyle: "long" });
export const day = (unix, viewer) => say(unix, viewer, { weekday: "long", day: "numeric", month: "long" });
export const brief = (unix, viewer) => say(unix, viewer, { weekday: "short", day: "numeric", month: "short" });

/** Which day it is there, as a key that can be compared. */
export const dayKey = (unix, { zone }) =>
  formatter("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" })
    .format(new Date(unix * 1000));

/** In a list: the hour today, the day otherwise. */
export const listed = (unix, now, viewer) =>
  dayKey(unix, viewer) === dayKey(now, viewer) ? hour(unix, viewer)
    : say(unix, viewer, { day: "numeric", month: "short" });

/**
 * A `date_time` entity: `r`, or any of `w`, `d` or `D`, `t` or `T` in that order.
 * Null for the empty format: the text stands as written.
 */
export function moment(unix, format, viewer) {
  if (!format || !/^(r|w?[dD]?[tT]?)$/.test(format)) return null;
  if (format === "r") return relative(unix, viewer.now(), viewer.language);
  const options = {};
  if (format.includes("w")) options.weekday = format.includes("d") ? "short" : "long";
  if (format.includes("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (/[tT]/.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return say(unix, viewer, options, viewer.language);
}

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

export function relative(unix, now, language) {
  const away = unix - now;
  let words;
  try {
    words = new Intl.RelativeTimeFormat(language || "en", { numeric: "auto" });
  } catch {
    words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  }
  for (const [unit, size] of STEPS) {
    if (Math.abs(away) >= size) return words.format(Math.trunc(away / size), unit);
  }
  return words.format(Math.trunc(away), "second");
}

/** "2 h 05 min", "40 s": how long until then. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** "Asia/Almaty" is read as "Almaty". */
export const city = (zone) => (zone || "UTC").split("/").pop().replaceAll("_", " ");
