// A message's text and its entities as DOM. Offsets are UTF-16 units, which is what strings here are.

import { el } from "./dom.js";
import { moment, full } from "./times.js";

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
};
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/**
 * The text as nodes. `scene` has `open(url)`, `say(text)`, `mention(name)`, and the viewer's
 * `language`, `zone` and `now()`.
 */
export function rich(text, entities, scene) {
  const inside = (entities ?? [])
    .filter((one) => one.length > 0 && one.offset >= 0 && one.offset < text.length)
    .map((one) => ({ what: one, from: one.offset, to: Math.min(text.length, one.offset + one.length) }))
    .sort((a, b) => a.from - b.from || b.to - a.to);
  return piece(text, 0, text.length, inside, scene, false);
}

function piece(text, from, to, spans, scene, flat) {
  const out = document.createDocumentFragment();
  const queue = [...spans];
  let at = from;
  let afterBlock = false;
  const words = (end, beforeBlock) => {
    let run = text.slice(at, end);
    // A block stands on its own lines already: the line break beside it would show as an empty line.
    if (afterBlock && run.startsWith("\n")) run = run.slice(1);
    if (beforeBlock && run.endsWith("\n")) run = run.slice(0, -1);
    if (run) out.append(run);
    at = end;
    afterBlock = false;
  };
  while (queue.length) {
    const span = queue.shift();
    if (span.from < at) continue;
    const block = BLOCKS.has(span.what.type);
    words(span.from, block);
    const inner = [];
    const rest = [];
    for (const other of queue) {
      if (other.from >= span.to) rest.push(other);
      else if (other.to <= span.to) inner.push(other);
      else {
        // Crossing entities are cut at the border, as clients do.
        inner.push({ ...other, to: span.to });
        rest.push({ ...other, from: span.to });
      }
    }
    rest.sort((a, b) => a.from - b.from || b.to - a.to);
    queue.splice(0, queue.length, ...rest);
    const body = piece(text, span.from, span.to, inner, scene, flat);
    out.append(flat ? body : wrap(span.what, body, text.slice(span.from, span.to), scene));
    at = span.to;
    afterBlock = block;
  }
  words(to, false);
  return out;
}

function wrap(entity, body, raw, scene) {
  const link = (url) => el("a", {
    href: safe(url) ?? "#", rel: "noopener noreferrer", title: url,
    on: { click: (event) => { event.preventDefault(); scene.open(url); } },
  }, body);
  switch (entity.type) {
    case "bold": case "italic": case "underline": case "strikethrough": case "code":
      return el(PLAIN[entity.type], {}, body);
    case "pre":
      return el("pre", { data: entity.language ? { language: entity.language } : {} }, el("code", {}, body));
    case "text_link": return link(entity.url);
    case "url": return link(/^[a-z][a-z0-9+.-]*:/i.test(raw) ? raw : `https://${raw}`);
    case "email": return link(`mailto:${raw}`);
    case "bot_command":
      return el("button", { type: "button", class: "word", on: { click: () => scene.say(raw) } }, body);
    case "mention":
      return el("button", { type: "button", class: "word", on: { click: () => scene.mention(raw) } }, body);
    case "hashtag": case "cashtag": case "text_mention": case "phone_number":
      return el("span", { class: "word" }, body);
    case "spoiler": return spoiler(body);
    case "blockquote": return el("blockquote", { class: "quote" }, body);
    case "expandable_blockquote": return expandable(body);
    case "date_time": {
      const shown = moment(entity.unix_time, entity.date_time_format ?? "", scene);
      return el("time", {
        datetime: new Date(entity.unix_time * 1000).toISOString(), class: "moment",
        title: full(entity.unix_time, scene),
      }, shown === null ? body : shown);
    }
    default: return el("span", {}, body);
  }
}

function spoiler(body) {
  const node = el("span", {
    class: "spoiler", role: "button", tabindex: "0", "aria-expanded": "false",
    "aria-label": "Hidden text, press to show",
  }, el("span", { class: "spoiler-text", "aria-hidden": "true" }, body));
  const show = (event) => {
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    event.stopPropagation();
    node.classList.add("shown");
    node.removeAttribute("aria-label");
    node.setAttribute("aria-expanded", "true");
    node.firstChild.removeAttribute("aria-hidden");
    node.removeAttribute("role");
    node.removeAttribute("tabindex");
  };
  node.addEventListener("click", show, true);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show(event);
  });
  return node;
}

let quotes = 0;

function expandable(body) {
  const id = `quote-${++quotes}`;
  const text = el("div", { class: "quote-text", id }, body);
  const more = el("button", {
    type: "button", class: "quote-more", "aria-expanded": "false", "aria-controls": id,
  }, "Show all");
  const node = el("blockquote", { class: "quote expandable" }, text, more);
  const turn = () => {
    const open = node.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Show less" : "Show all";
  };
  more.addEventListener("click", (event) => { event.stopPropagation(); turn(); });
  node.addEventListener("click", (event) => {
    if (!event.target.closest("a, button, .spoiler") && !String(getSelection())) turn();
  });
  // Only once laid out is it known whether three lines are enough.
  requestAnimationFrame(() => {
    if (node.isConnected && text.scrollHeight <= text.clientHeight + 2) node.classList.add("short");
  });
  return node;
}

/** The address if a browser may be led there, else null: `javascript:` and its like are not. */
export function safe(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "mailto:", "tg:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}
