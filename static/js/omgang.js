// Keeps the figures of an open round as they are now: reads the page anew twice a
// minute while somebody looks at it, and puts in what has changed. The header says
// that nobody asked, so that it keeps nobody signed in.
const EVERY = 30_000;

async function renew() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Mognad-Renewal": "1" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["[data-live]", ".r-head", ".r-time"]) {
      const now = page.querySelector(part);
      const was = document.querySelector(part);
      if (!now || !was || now.innerHTML === was.innerHTML || was.contains(document.activeElement)) continue;
      was.replaceWith(now);
    }
  } catch {
    // without a connection the figures stay as they were
  }
}

setInterval(renew, EVERY);
