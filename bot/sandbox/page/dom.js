// Building elements. Text reaches the page as text nodes only: nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `props` are attributes, `on` maps events to listeners, `data` fills the dataset. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (value === true) {
      node.setAttribute(name, "");
    } else {
      node.setAttribute(name, String(value));
    }
  }
  add(node, children);
  return node;
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function fill(node, ...children) {
  const fresh = document.createDocumentFragment();
  add(fresh, children);
  node.replaceChildren(fresh);
}

const SHAPES = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-7z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  pin: "M12 21s7-6.2 7-11a7 7 0 10-14 0c0 4.8 7 11 7 11zM12 12.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  slash: "M15 5L9 19",
  close: "M6 6l12 12M18 6L6 18",
  sun: "M12 16a4 4 0 100-8 4 4 0 000 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 019.5 4 8.5 8.5 0 1020 14.5z",
  clock: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5l3.5 2",
  reply: "M10 7L4 12l6 5v-3.2c4.5 0 7.5 1.2 10 4.2-.8-5-3.6-8.4-10-8.8z",
  edit: "M4 20l1-4L16.5 4.5a2.1 2.1 0 013 3L8 19z",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  link: "M8 16L17 7M9 7h8v8",
  at: "M16 12a4 4 0 11-8 0 4 4 0 018 0zm0 0v1.5a2.5 2.5 0 005 0V12a9 9 0 10-3.5 7.1",
  down: "M6 9l6 6 6-6",
  info: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 11v5M12 8h.01",
  keys: "M4 6h16v12H4zM8 10h.01M12 10h.01M16 10h.01M8 14h8",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  group: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20a6.5 6.5 0 0113 0M16 4.4a3.5 3.5 0 010 6.2M18 14.5a6.5 6.5 0 013.5 5.5",
  horn: "M4 10v4h3l8 4V6l-8 4zM18.5 9.5a4 4 0 010 5",
  bot: "M5 9h14v10H5zM12 9V5M9.5 13v1.5M14.5 13v1.5",
};

/** A line icon; it says nothing to a screen reader, the button around it does. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": name === "more" ? 3 : 1.8, "stroke-linecap": "round",
    "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false",
  })) svg.setAttribute(key, String(value));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A square button that holds one icon and is named by `label`. */
export function tool(name, label, listener, props = {}) {
  return el("button", {
    type: "button", "aria-label": label, title: label, ...props,
    class: `tool ${props.class ?? ""}`.trim(), on: { click: listener, ...(props.on ?? {}) },
  }, icon(name));
}

const TINTS = 7;

/** A coloured square with initials; the colour follows the id, so that a name keeps its colour. */
export function avatar(id, name, kind = "") {
  const words = String(name).replace(/[^\p{L}\p{N}\s]/gu, " ").trim().split(/\s+/).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase() || "?";
  const tint = Math.abs(Number(id)) % TINTS;
  return el("span", { class: `avatar tint${tint} ${kind}`.trim(), "aria-hidden": "true" }, letters);
}

export const quiet = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const narrow = () => matchMedia("(max-width: 760px)").matches;
