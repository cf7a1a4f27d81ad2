// Turns slides without leaving the page, so that full screen lasts; without this
// script each slide is a page with ordinary links.
(function () {
  "use strict";
  const tools = document.querySelector(".p-tools"), full = document.querySelector(".p-full"), f = document.querySelector(".p-f");
  const status = document.querySelector(".p-bar [role=status]");
  if (!tools) return;
  tools.hidden = false;
  full.hidden = !document.fullscreenEnabled;
  let last = 0; // the newest turn asked for: an older answer that comes late is dropped

  function turn(url, push) {
    if (!url) return;
    const mine = ++last;
    fetch(url, { credentials: "same-origin" }).then(function (r) {
      if (!r.ok) throw new Error(r.status);
      return r.text();
    }).then(function (text) {
      if (mine !== last) return;
      const next = new DOMParser().parseFromString(text, "text/html");
      const main = next.querySelector("main.p-slide"), nav = next.querySelector(".p-bar nav");
      if (!main || !nav) throw new Error("no slide");
      const held = document.activeElement && document.activeElement.closest(".p-bar nav") ? document.activeElement.rel : null;
      document.querySelector("main").replaceWith(main);
      document.querySelector(".p-bar nav").replaceWith(nav);
      document.querySelector(".p-out").replaceWith(next.querySelector(".p-out"));
      document.title = next.title;
      if (push) history.pushState(null, "", url);
      scrollTo(0, 0);
      if (held !== null) (nav.querySelector('a[rel="' + held + '"]') || nav.querySelector("a")).focus();
      status.textContent = next.title;
    }).catch(function () { location.href = url; });
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen().catch(function () {});
  }

  // What has to be scrolled keeps the keys that scroll it.
  function fits() { return document.documentElement.scrollHeight <= innerHeight + 2; }

  function to(rel) {
    const a = document.querySelector('.p-bar a[rel="' + rel + '"]');
    return a && a.href;
  }

  document.addEventListener("keydown", function (e) {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.target.closest("input, textarea, select")) return;
    const nav = document.querySelector(".p-bar nav");
    let url;
    switch (e.key) {
      case "ArrowRight": url = to("next"); break;
      case "ArrowLeft": url = to("prev"); break;
      case "PageDown": if (!fits()) return; url = to("next"); break;
      case "PageUp": if (!fits()) return; url = to("prev"); break;
      case "Home": url = nav.dataset.first; break;
      case "End": url = nav.dataset.last; break;
      case "f": case "F": if (f.checked) { e.preventDefault(); fullScreen(); } return;
      default: return;
    }
    e.preventDefault();
    turn(url, true);
  });
  document.addEventListener("click", function (e) {
    const a = e.target.closest(".p-bar a[rel]");
    if (!a || e.button || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    turn(a.href, true);
  });
  full.addEventListener("click", fullScreen);
  addEventListener("popstate", function () { turn(location.href, false); });
})();
