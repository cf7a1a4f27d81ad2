// Tells that a file is being made until it is there. Without this script the
// link downloads all the same, and the browser shows its own progress.
(function () {
  "use strict";
  // The name that the server gives the file.
  function named(answer) {
    const found = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
    return found ? found[1] : "";
  }

  async function take(link, state) {
    if (link.getAttribute("aria-disabled") === "true") return;
    link.setAttribute("aria-disabled", "true");
    state.textContent = link.dataset.making;
    try {
      const answer = await fetch(link.href);
      if (!answer.ok || !named(answer)) throw new Error(String(answer.status));
      const file = URL.createObjectURL(await answer.blob());
      const save = document.createElement("a");
      save.href = file;
      save.download = named(answer);
      save.click();
      setTimeout(function () { URL.revokeObjectURL(file); }, 60_000);
      state.textContent = link.dataset.done;
    } catch {
      state.textContent = link.dataset.failed;
    }
    link.removeAttribute("aria-disabled");
  }

  document.querySelectorAll("a[data-making]").forEach(function (link) {
    link.addEventListener("click", function (e) {
      if (e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
      e.preventDefault();
      take(link, link.nextElementSibling);
    });
  });
})();
