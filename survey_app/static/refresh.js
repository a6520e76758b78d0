// Keeps a part of a page fresh: its `data-fresh` is the address of its newest form. Without script a reload does it.
const SECONDS = 5;

async function refresh(part) {
  // What somebody is using stays as it is.
  if (document.hidden || part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(part.dataset.fresh, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
  } catch {
    // The next try may get through; the time on the page says how old it is.
  }
}

for (const part of document.querySelectorAll("[data-fresh]")) {
  setInterval(() => refresh(part), SECONDS * 1000);
}
