// Shows a report as soon as a worker has computed it; without script the page has a link that does the same.
const waiting = document.querySelector("[data-state-url]");

async function look() {
  const answer = await fetch(waiting.dataset.stateUrl, { headers: { Accept: "application/json" } });
  if (answer.ok && (await answer.json()).state !== "waiting") {
    window.location.reload();
    return;
  }
  window.setTimeout(look, 2000);
}

if (waiting) {
  window.setTimeout(look, 1500);
}
