// The designer without reloading: forms are sent in the background and the parts of the page exchanged.
// Everything here has a plain form or link behind it and works without this file.
import { isPending, savePending, say, startAutosave } from "./designer-autosave.js";
import { moveForm, startDragging } from "./designer-dragging.js";

const PARTS = ["designer-bar", "toast", "designer"];
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select";
const byId = (id) => document.getElementById(id);
let lastText = null;

export function words(name) {
  return byId("designer-words").dataset[name];
}

// Replace some parts of this page by those of an answer; other parts, and what is being typed in them, stay.
export function exchange(html, parts) {
  const next = new DOMParser().parseFromString(html, "text/html");
  for (const id of parts) {
    const [old, fresh] = [byId(id), next.getElementById(id)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
    else if (old) old.remove();
    else if (fresh) byId("designer")?.before(document.adoptNode(fresh));
  }
  const revision = next.querySelector("input[name=revision]")?.value;
  if (revision) document.querySelectorAll("input[name=revision]").forEach((input) => (input.value = revision));
  return next;
}

// Send a form and show what comes back; what is no designer page (a conflict, a sign-in) is opened as a page.
async function send(form, button) {
  await savePending(form);
  const data = new FormData(form, button);
  // What was just saved may have taken this form, and the revision that it names, off the page.
  const revision = document.querySelector("#designer input[name=revision]")?.value;
  if (!form.isConnected && revision && data.has("revision")) data.set("revision", revision);
  const focus = document.activeElement?.id;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
  } catch {
    return form.submit();
  }
  if (answer.status >= 500) return say(words("busy"), "is-wrong");
  let html = await answer.text();
  const isOurs = [200, 422].includes(answer.status) && html.includes('id="designer"') && byId("designer");
  if (!isOurs) return answer.redirected ? location.assign(answer.url) : form.requestSubmit.call(asPlain(form, data));
  const typed = typedMeanwhile(form, data);
  if (isPending() && form.dataset.autosave === undefined && answer.redirected) html = await saveMeanwhile(html, answer.url);
  const before = [...document.querySelectorAll("#outline a[id]")].map((each) => each.id);
  show(html);
  if (document.querySelector("form[data-autosave]")?.action === form.action) typed.forEach(retype);
  if (answer.redirected) history.pushState({}, "", undated(answer.url));
  refocus(focus, !before.includes(document.querySelector("#outline [aria-current]")?.id));
}

// What is wrong comes first; else the focus stays where it was. What was just made begins with its wording.
function refocus(id, isNew) {
  const summary = document.querySelector("#inspector .error-summary");
  const kept = byId(id)?.checkVisibility() ? byId(id) : null;
  const text = isNew && !summary && !kept ? document.querySelector("#inspector textarea.words") : null;
  (summary || kept || text || byId("inspector"))?.focus({ preventScroll: !summary && !text });
  text?.select();
}

// What somebody typed into the inspector while another change was on its way is saved on top of it.
async function saveMeanwhile(html, url) {
  exchange(html, []);
  await savePending();
  return (await fetch(url)).text();
}

// The address without what was done to come there: reloading the page is not doing it again.
function undated(address) {
  const url = new URL(address);
  url.searchParams.delete("done");
  return url.href;
}

// What somebody typed or chose while the answer was on its way; it stands in the exchanged form as well.
function typedMeanwhile(form, sent) {
  if (!form.isConnected || form.dataset.autosave === undefined) return [];
  const own = ["csrf_token", "revision", "act"];
  return [...new FormData(form)].filter(([name, value]) => !own.includes(name) && sent.get(name) !== value);
}

function retype([name, value]) {
  const control = document.querySelector(`form[data-autosave] [name="${CSS.escape(name)}"]`);
  if (!control?.matches(TYPING)) return;
  control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function inspected() {
  return document.querySelector("form[data-autosave]")?.action;
}

// Exchange the designer, each part scrolled as it was; the inspector only where it still shows the same.
function show(html) {
  const [before, tops] = [inspected(), ["outline", "inspector"].map((id) => [id, byId(id)?.scrollTop || 0])];
  const scroll = window.scrollY;
  exchange(html, PARTS);
  window.scrollTo(0, scroll);
  begin();
  for (const [id, top] of tops) if (id === "outline" || before === inspected()) byId(id)?.scrollTo(0, top);
}

// The same form without us: the browser sends it and shows the answer as a page of its own.
function asPlain(form, data) {
  const plain = document.createElement("form");
  [plain.method, plain.action, plain.hidden] = ["post", form.action, true];
  for (const [name, value] of data) {
    const box = document.createElement("textarea");
    [box.name, box.value] = [name, value];
    plain.append(box);
  }
  plain.dataset.plain = "";
  document.body.append(plain);
  return plain;
}

async function open(url) {
  await savePending();
  const answer = await fetch(url);
  if (!answer.ok) return location.assign(url);
  show(await answer.text());
  if (url !== location.href) history.pushState({}, "", url);
  const target = document.getElementById(new URL(url).hash.slice(1) || "inspector");
  target?.focus({ preventScroll: window.innerWidth > 992 });
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post" || "plain" in form.dataset || !form.closest("#designer, #designer-bar, #toast")) return;
  event.preventDefault();
  send(form, event.submitter);
}

function onClick(event) {
  const link = event.target.closest("#outline a[href*='/design']");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(link.href);
  }
  const insert = event.target.closest("button[data-insert]");
  if (insert && lastText?.isConnected) {
    lastText.setRangeText(insert.dataset.insert, lastText.selectionStart, lastText.selectionEnd, "end");
    lastText.dispatchEvent(new Event("input", { bubbles: true }));
    lastText.focus();
  }
}

// Ctrl-Z goes back, Ctrl-Shift-Z and Ctrl-Y go forth.
function stepOf(event) {
  const key = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : "";
  if (key === "y") return "redo";
  return key === "z" ? (event.shiftKey ? "redo" : "undo") : null;
}

function onKey(event) {
  const isTyping = event.target.matches(TYPING);
  if (event.key === "/" && !isTyping && byId("palette")) {
    event.preventDefault();
    byId("palette").open = true;
    byId("palette-search").focus();
  } else if (stepOf(event) && !isTyping) {
    const step = document.querySelector(`#${stepOf(event)} form`);
    if (step) event.preventDefault();
    step?.requestSubmit();
  } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const entry = event.target.closest("#outline li > a, #outline .outline-head");
    const place = event.key === "ArrowUp" ? "up" : "down";
    if (entry) event.preventDefault();
    if (entry) send(moveForm(entry.closest("li"), { step: place }));
  }
}

// Typing in the palette's box leaves the kinds that fit; Enter takes the first.
function narrow(event) {
  const typed = event.target.value.trim().replace(/^\//, "").toLocaleLowerCase();
  const kinds = [...document.querySelectorAll(".palette-kind")];
  kinds.forEach((kind) => (kind.hidden = !kind.textContent.toLocaleLowerCase().includes(typed)));
}

function onPaletteKey(event) {
  if (event.key === "Escape") byId("palette").open = false;
  if (event.key === "Escape") byId("palette-open").focus();
  if (event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector(".palette-kind:not([hidden])")?.click();
}

// The page as respondents see it: as high as it is, with the chosen question framed; a click on a question selects it.
function dressCanvas() {
  const frame = document.querySelector(".canvas-frame");
  const dress = () => {
    const inside = frame.contentDocument;
    if (!inside?.querySelector("main")) return;
    // A frame that is higher than its page says its own height.
    frame.style.height = "20rem";
    frame.style.height = `${Math.max(inside.documentElement.scrollHeight + 2, 320)}px`;
    const chosen = inside.getElementById(frame.dataset.item)?.closest("fieldset, .f");
    if (chosen) {
      [chosen.style.outline, chosen.style.outlineOffset] = ["2px solid #2a8a9c", "8px"];
      frame.contentWindow.scrollTo(0, chosen.getBoundingClientRect().top + frame.contentWindow.scrollY - 24);
    }
    inside.addEventListener("click", (event) => choose(event, frame.dataset.item));
  };
  frame?.addEventListener("load", dress);
  // It may have been faster than we were.
  if (frame?.contentDocument?.readyState === "complete") dress();
}

function choose(event, present) {
  event.preventDefault();
  const block = event.target.closest("fieldset, .f");
  const codes = [...document.querySelectorAll("#outline li[data-page]:has([aria-current]) li[data-item]")].map((each) => each.dataset.item);
  const controls = (code) => `[name="${code}"], [id="${code}"], [id^="${code}-"], [name^="${code}."]`;
  const code = codes.find((each) => block?.querySelector(controls(each)));
  if (code && code !== present) byId(`item-${code}`)?.click();
}

function begin() {
  document.querySelectorAll("[data-scripted]").forEach((each) => (each.hidden = false));
  document.querySelectorAll("[data-scriptless]").forEach((each) => (each.hidden = true));
  document.querySelectorAll("[data-submits]").forEach((each) => each.addEventListener("change", () => each.form.submit()));
  document.querySelectorAll("[data-refreshes]").forEach((each) => each.addEventListener("change", () => refresh(each)));
  document.querySelectorAll("code[data-insert]").forEach(asButton);
  byId("palette-search")?.addEventListener("input", narrow);
  byId("palette-search")?.addEventListener("keydown", onPaletteKey);
  dressCanvas();
  startDragging(document.getElementById("outline"), (form) => send(form));
  startAutosave(document.querySelector("form[data-autosave]"));
}

// A condition's next controls depend on this one: the form comes back with them, and with everything typed.
function refresh(control) {
  const button = document.createElement("button");
  [button.type, button.name, button.value, button.hidden] = ["submit", "act", "refresh", true];
  control.form.append(button);
  send(control.form, button);
}

function asButton(code) {
  const button = document.createElement("button");
  [button.type, button.className, button.textContent] = ["button", "btn btn-light", code.dataset.label];
  button.dataset.insert = code.dataset.insert;
  button.title = code.dataset.insert;
  code.parentElement.replaceChildren(button);
}

document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea.words")) lastText = event.target;
});
const [outline, current] = [byId("outline"), document.querySelector("#outline [aria-current]")];
if (current) outline.scrollTop = current.getBoundingClientRect().top - outline.getBoundingClientRect().top - 80;
window.addEventListener("popstate", () => location.reload());
begin();
