// One message as an element: its text, picture, quote of what it answers, and its buttons.

import { avatar, el, icon } from "./dom.js";
import { rich } from "./entities.js";
import { author, gist, isBot, service, store, viewer } from "./store.js";
import { full, hour } from "./times.js";

/** `joined`: the message before is by the same hand, so the name is not said again. */
export function bubble(message, joined, acts) {
  const said = service(message);
  const props = { data: { id: message.message_id }, tabindex: "-1" };
  if (said !== null) return el("li", { ...props, class: "event" }, el("span", {}, said));

  const mine = message.from?.id === store.me.id && !message.sender_chat;
  const group = message.chat.type !== "private";
  const bot = isBot(message.from);
  const scene = { ...viewer(), open: acts.open, say: acts.say, mention: acts.mention };
  const classes = ["said", mine ? "mine" : "theirs", joined ? "joined" : "", bot ? "bot" : "",
    message.reply_markup?.inline_keyboard ? "keyed" : "", message.photo ? "pictured" : ""];

  const parts = [];
  if (group && !mine && !joined) {
    parts.push(el("p", { class: `by tint${Math.abs(message.sender_chat?.id ?? message.from?.id ?? 0) % 7}` },
      author(message), message.author_signature ? ` · ${message.author_signature}` : ""));
  }
  if (message.via_bot) {
    parts.push(el("p", { class: "via" }, "via ", el("button", {
      type: "button", class: "word", on: { click: () => acts.mention(`@${message.via_bot.username}`) },
    }, `@${message.via_bot.username}`)));
  }
  if (message.forward_origin || message.forward_date) parts.push(el("p", { class: "via" }, forwarded(message)));
  if (message.reply_to_message && !message.reply_to_message.forum_topic_created) {
    parts.push(answered(message, acts));
  }
  const words = message.text ?? message.caption;
  const text = words === undefined ? null : el("div", { class: "text", dir: "auto" },
    rich(words, message.text === undefined ? message.caption_entities : message.entities, scene));
  if (message.show_caption_above_media && text) parts.push(text);
  if (message.photo) parts.push(picture(message, acts));
  if (message.document) parts.push(paper(message.document));
  if (message.location) parts.push(place(message));
  if (text && !message.show_caption_above_media) parts.push(text);
  if (parts.length === 0 || (!text && !message.photo && !message.document && !message.location)) {
    parts.push(el("div", { class: "text faint" }, "This kind of message is not shown here."));
  }
  // Behind words the hour takes what is left of their last line.
  if (text && parts.at(-1) === text) text.append(stamp(message, scene));
  else parts.push(stamp(message, scene));

  const card = el("div", { class: "card" }, parts);
  const menu = el("button", {
    type: "button", class: "tool act", tabindex: "-1", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-label": `Actions for the message of ${author(message)}`,
    on: { click: (event) => acts.menu(message, event.currentTarget) },
  }, icon("more", 18));
  const keys = keyboard(message, acts);
  return el("li", { ...props, class: classes.filter(Boolean).join(" ") },
    group && !mine ? face(message, joined) : null,
    el("div", { class: "stack" }, el("div", { class: "line" }, card, menu), keys));
}

function face(message, joined) {
  if (joined) return el("span", { class: "avatar blank", "aria-hidden": "true" });
  const id = message.sender_chat?.id ?? message.from?.id ?? 0;
  return avatar(id, author(message), isBot(message.from) ? "robot" : "");
}

function forwarded(message) {
  const origin = message.forward_origin ?? {};
  const from = origin.sender_user?.first_name ?? origin.chat?.title ?? origin.sender_chat?.title
    ?? origin.sender_user_name ?? "";
  return from ? `Forwarded from ${from}` : "Forwarded";
}

function answered(message, acts) {
  const before = message.reply_to_message;
  const words = message.quote?.text ?? gist(before);
  return el("button", {
    type: "button", class: "answered", title: "Show that message",
    on: { click: () => acts.jump(before.message_id) },
  }, el("strong", {}, author(before)), el("span", {}, words.replace(/\s+/g, " ").slice(0, 140)));
}

function stamp(message, scene) {
  const edited = message.edit_date && !message.edit_hide;
  return el("span", { class: "stamp" },
    edited ? el("span", { class: "edited" }, "edited ") : null,
    el("time", {
      datetime: new Date(message.date * 1000).toISOString(), title: full(message.date, scene),
    }, hour(message.date, scene)));
}

const fileUrl = (id) => `/demo/file/${encodeURIComponent(id)}`;

function picture(message, acts) {
  const sizes = [...message.photo].sort((a, b) => a.width * a.height - b.width * b.height);
  const best = sizes[sizes.length - 1];
  const alt = message.caption ? `Picture: ${message.caption.slice(0, 160)}` : "Picture";
  const image = el("img", {
    src: fileUrl(best.file_id), alt, width: best.width, height: best.height, loading: "lazy",
    decoding: "async",
  });
  image.style.aspectRatio = `${best.width} / ${best.height}`;
  const frame = el("button", {
    type: "button", class: `picture${message.has_media_spoiler ? " veiled" : ""}`,
    "aria-label": `Enlarge. ${alt}`,
    on: {
      click: () => {
        if (frame.classList.contains("veiled")) frame.classList.remove("veiled");
        else acts.enlarge(fileUrl(best.file_id), alt);
      },
    },
  }, image);
  image.addEventListener("error", () => frame.classList.add("lost"));
  return frame;
}

function paper(document) {
  const size = document.file_size ? `${Math.max(1, Math.round(document.file_size / 1024))} kB` : "";
  return el("a", { class: "paper", href: fileUrl(document.file_id), download: document.file_name ?? "file" },
    icon("file", 22), el("span", {}, el("strong", {}, document.file_name ?? "File"), el("small", {}, size)));
}

function place(message) {
  const { latitude, longitude } = message.location;
  const near = store.cities.find((city) =>
    Math.abs(city.latitude - latitude) < 0.2 && Math.abs(city.longitude - longitude) < 0.2);
  const title = message.venue?.title ?? near?.name ?? "Location";
  return el("div", { class: "place" }, icon("pin", 22), el("span", {}, el("strong", {}, title),
    el("small", {}, `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`)));
}

const MARKS = [["url", "link"], ["login_url", "link"], ["copy_text", "copy"], ["switch_inline_query", "at"],
  ["switch_inline_query_current_chat", "at"], ["switch_inline_query_chosen_chat", "at"]];

function keyboard(message, acts) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return el("div", { class: "keys", role: "group", "aria-label": "Buttons of this message" },
    rows.map((row, y) => el("div", { class: "keys-row" }, row.map((button, x) => {
      const mark = MARKS.find(([field]) => button[field] !== undefined);
      return el("button", {
        type: "button", class: `key ${button.style ?? ""}`.trim(), data: { cell: `${y}.${x}` },
        title: button.url ?? button.copy_text?.text,
        on: { click: (event) => acts.press(message, button, event.currentTarget) },
      }, el("span", { dir: "auto" }, button.text), mark ? icon(mark[1], 13) : null);
    }))));
}
