// A questionnaire on a shared device. Pages are put in place of one another, so that Back finds nobody's answers;
// what could not be sent stays on the page; whoever walks away is followed by a blank first page.
// Without this module the same pages work by themselves, with "Start again" as a button.
const place = document.getElementById("kiosk");
const home = new URL(place.dataset.home, location.href).href;
const idle = Number(place.dataset.idle) * 1000;
const grace = 15000;
const retry = 5000;
const problem = document.getElementById("kiosk-problem");
const warning = document.getElementById("kiosk-warning");
const wide = document.getElementById("kiosk-full");

let address = location.href;
let isSending = false;
let isTouched = new URL(address).pathname !== new URL(home).pathname;
let timer = 0;
let refresh = 0;

function show(page) {
  const old = document.head.querySelectorAll("style");
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  document.title = page.title;
  document.head.append(...page.head.querySelectorAll("style"));
  problem.hidden = true;
  place.after(problem);
  document.querySelector("main").replaceWith(page.querySelector("main"));
  const next = page.querySelector("#kiosk form");
  if (next) place.querySelector("form").replaceWith(next);
  for (const style of old) style.remove();
  scrollTo(0, 0);
  const first = document.querySelector("main [autofocus], main h1");
  first?.setAttribute("tabindex", "-1");
  first?.focus({ preventScroll: true });
}

async function open(url, options) {
  const answer = await fetch(url, { redirect: "follow", ...options });
  if (answer.status >= 500) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  address = answer.url;
  isTouched = new URL(address).pathname !== new URL(home).pathname;
  show(page);
  // A page without questions names the seconds after which the next person begins.
  clearTimeout(refresh);
  const seconds = parseInt(answer.headers.get("Refresh"), 10);
  if (seconds) refresh = setTimeout(begin, seconds * 1000);
  watch();
}

async function begin() {
  if (warning.open) warning.close();
  try {
    await open(home);
  } catch {
    // Nobody's answers stay to be seen while the connection is gone.
    const words = document.getElementById("kiosk-waiting").content.cloneNode(true);
    problem.hidden = true;
    place.after(problem);
    document.querySelector("main").replaceChildren(words);
    clearTimeout(timer);
    setTimeout(begin, retry);
  }
}

function watch() {
  clearTimeout(timer);
  timer = setTimeout(ask, idle);
}

function ask() {
  if (!isTouched) return watch();
  warning.showModal();
  timer = setTimeout(begin, grace);
}

async function send(form, button) {
  if (isSending) return;
  isSending = true;
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  try {
    const target = new URL(form.getAttribute("action") ?? address, address);
    await open(target, { method: "POST", body: new URLSearchParams(data) });
  } catch {
    form.after(problem);
    problem.hidden = false;
    problem.scrollIntoView({ block: "nearest" });
  }
  isSending = false;
}

document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return watch();
  event.preventDefault();
  send(event.target, event.submitter);
});
warning.addEventListener("close", watch);
for (const sign of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(sign, () => {
    isTouched = true;
    if (!warning.open) watch();
  });
}
addEventListener("pageshow", (event) => event.persisted && location.replace(home));

wide.hidden = !document.fullscreenEnabled;
wide.addEventListener("click", () => document.documentElement.requestFullscreen());
document.addEventListener("fullscreenchange", () => (wide.hidden = Boolean(document.fullscreenElement)));
watch();
