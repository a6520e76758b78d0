// Fetches the live part of a campaign's page anew while mails go; without script a reload shows the same.
const PAUSE = 5000;
const LONGEST = 60000;
const live = document.getElementById("live");
let pause = PAUSE;

const isGoing = () => live.querySelector("[data-is-going=yes]") !== null;

async function look() {
  if (!document.hidden && !live.contains(document.activeElement)) {
    try {
      const answer = await fetch(live.dataset.url, { headers: { Accept: "text/html" } });
      // Signed out, or the state changed so that the page itself looks different now.
      if (answer.redirected || answer.status === 404) return window.location.reload();
      pause = answer.ok ? PAUSE : Math.min(pause * 2, LONGEST);
      if (answer.ok) show(await answer.text());
    } catch {
      pause = Math.min(pause * 2, LONGEST);
    }
  }
  if (isGoing()) window.setTimeout(look, pause);
}

// Only what changed is exchanged, so that what is read aloud is the state's own line, and only when it is another.
function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html").body;
  const [state, fresh] = [live.querySelector("#live-state"), next.querySelector("#live-state")];
  if (state && fresh && state.textContent === fresh.textContent) fresh.replaceWith(state);
  live.replaceChildren(...next.childNodes);
}

if (live && isGoing()) window.setTimeout(look, PAUSE);
