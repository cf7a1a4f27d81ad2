// Saves each answer as it is given. What the server has not acknowledged waits in the browser's own storage, an entry
// an item, under a name that only this respondent's pages carry; it is sent again until the server has it, and then
// forgotten. Without this script the form's own buttons save the same.
(() => {
  const state = document.querySelector("[data-owner]");
  if (!state) return;
  const say = state.dataset;
  const own = "mognad:" + say.owner + ":";
  const form = document.querySelector("form[data-answers]");
  const items = [...document.querySelectorAll("fieldset.m-item")];
  const unstored = new Map(); // what the browser refused to store
  const typing = new Map(); // item → timer: text is sent when the typing pauses
  let timer, delay = 0, running, leaving, sent = 0;

  // What waits: item → {answer, comment, evidence: what has changed, n: which change, t: when, bad: why it was refused}
  const read = (item) => {
    if (unstored.has(item)) return unstored.get(item);
    try { return JSON.parse(localStorage.getItem(own + item)); } catch { return null; }
  };
  const write = (item, w) => {
    try { localStorage.setItem(own + item, JSON.stringify(w)); unstored.delete(item); } catch { unstored.set(item, w); }
  };
  const keys = () => { try { return Object.keys(localStorage); } catch { return []; } };
  const forget = (item) => { unstored.delete(item); try { localStorage.removeItem(own + item); } catch { } };
  const waiting = () => [...new Set([...keys().filter((k) => k.startsWith(own)).map((k) => k.slice(own.length)), ...unstored.keys()])];
  const toSend = () => waiting().filter((item) => !read(item)?.bad);

  const show = (icon, text, fail) => {
    if (state.textContent === text) return;
    state.className = "m-saved" + (fail ? " m-saved--fail" : icon === "i-wait" ? " m-saved--wait" : "");
    state.innerHTML = '<svg class="m-icon" aria-hidden="true" focusable="false"><use/></svg><span></span>';
    state.querySelector("use").setAttribute("href", say.icons + "#" + icon);
    state.querySelector("span").textContent = text;
  };
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const refused = (text) => show("i-alarm", say.refused.replace("{}", text), true);

  const body = (item, w) => JSON.stringify({ owner: say.owner, item, answer: w.answer, comment: w.comment, evidence: w.evidence });
  const post = (content, more) => fetch("/svara/spara", { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: content, ...more });

  function later() {
    show("i-alarm", say.retry, true);
    delay = Math.min(delay * 2 || 1000, 60000);
    clearTimeout(timer);
    timer = setTimeout(drain, delay * (0.75 + Math.random() / 2));
    return false;
  }

  // Sends what waits, one at a time, so that an item's changes arrive in their order. Resolves to whether all is settled.
  const drain = () => running ||= send().finally(() => { running = null; });
  async function send() {
    let at, told;
    for (;;) {
      const item = toSend().find((i) => !typing.has(i));
      if (!item) break;
      const w = read(item);
      const slow = setTimeout(show, 300, "i-wait", say.saving); // what is saved at once need not be told twice
      let r, d;
      try {
        r = await post(body(item, w), { signal: AbortSignal.timeout(20000) });
        d = await r.json();
      } catch {
        return later();
      } finally {
        clearTimeout(slow);
      }
      if (r.status >= 500 || r.status === 408 || r.status === 429 || (r.ok && !d.saved_at)) return later();
      clearTimeout(timer);
      delay = 0;
      if (r.status === 403) { // signed out, or another person has signed in: it waits for the personal link to be opened again
        show("i-alarm", say.gone, true);
        return false;
      }
      if (r.ok) { at = d.saved_at; sent++; } else told = d.error;
      if (read(item)?.n !== w.n) continue; // changed meanwhile, here or in another tab: the newer goes next
      if (r.ok) { drawn(document.getElementById(item), d.drawn); mended(item); }
      if (r.ok || r.status === 409) forget(item);
      else write(item, { ...w, bad: d.error });
    }
    const seen = items.length ? items.map((box) => box.id) : waiting(); // a page of questions speaks of its own
    const bad = seen.map((i) => read(i)?.bad).find(Boolean) || told;
    if (bad) refused(bad);
    else if (at) show("i-check", say.at.replace("{}", clock(at)));
    return true;
  }

  const fields = (box) => ({ comment: box.querySelector("textarea"), evidence: box.querySelector("input[name$='.underlag']") });
  // The form tells of each part what it was drawn from: nothing once it is touched, until it is saved.
  function drawn(box, parts) {
    const f = box?.querySelector("input[type=hidden]");
    if (f) f.value = f.value.split(".").map((was, i) => parts[i] ?? was).join(".");
  }
  const touched = (box, w) => drawn(box, ["answer", "comment", "evidence"].map((part) => w[part] === undefined ? null : "-"));
  // An item that the form was refused for: all of it is sent, so that nothing of it is unsaved when its fault is taken away.
  function whole(box) {
    const all = { answer: box.querySelector("input[type=radio]:checked")?.value }, f = fields(box);
    for (const part in f) all[part] = f[part]?.value;
    for (const part in all) if (all[part] === undefined) delete all[part];
    return all;
  }
  function mended(item) {
    const box = document.getElementById(item);
    if (!box?.classList.contains("m-item--fault")) return;
    box.classList.remove("m-item--fault");
    box.querySelector(".m-field__error").remove();
    box.setAttribute("aria-describedby", box.getAttribute("aria-describedby").replace(/^f\d+ /, ""));
    document.querySelector(`.m-errors a[href="#${item}"]`).closest("li").remove();
    const told = document.querySelector(".m-errors[data-mends]");
    if (!told || told.querySelector("li")) return;
    told.remove();
    document.title = document.title.slice(document.title.indexOf(document.querySelector("h1").textContent));
  }
  function change(box, part, pause) {
    const item = box.id;
    if (box.classList.contains("m-item--fault")) part = { ...whole(box), ...part };
    write(item, { ...read(item), ...part, bad: undefined, n: Math.random(), t: Date.now() });
    touched(box, part);
    clearTimeout(typing.get(item));
    typing.delete(item);
    if (pause) typing.set(item, setTimeout(() => { typing.delete(item); drain(); }, 600));
    else drain();
  }
  function on(event) {
    const box = event.target.closest("fieldset.m-item");
    if (!box) return;
    if (event.target.type === "radio") {
      if (event.type === "change") { change(box, { answer: event.target.value }); count(); }
      return;
    }
    const f = fields(box);
    for (const part in f) {
      if (f[part] !== event.target) continue;
      if (event.type === "input") change(box, { [part]: event.target.value }, true);
      else if (typing.has(box.id)) hurry();
    }
  }
  function hurry() {
    typing.forEach(clearTimeout);
    typing.clear();
    return drain();
  }

  // The numbers at the side follow what is chosen.
  const given = () => items.filter((box) => box.querySelector("input[type=radio]:checked:not([value=''])")).length;
  const first = given();
  const total = document.querySelector(".m-toc .m-total b"), bar = document.querySelector(".m-toc .m-bar"), here = document.querySelector(".m-toc [aria-current]");
  const before = total && +total.textContent;
  function count() {
    if (!total) return;
    const n = given();
    total.textContent = bar.value = before + n - first;
    const use = here.querySelector("use"), small = here.querySelector("small");
    use.setAttribute("href", say.icons + (n === items.length ? "#m-done" : n ? "#m-part" : "#m-none"));
    if (small) small.textContent = small.textContent.replace(/\d+/, n);
  }

  // What was waiting since before is shown in its fields.
  const old = Date.now() - 30 * 864e5;
  for (const k of keys()) { // whoever's it is, none lies here for ever
    if (k.startsWith("mognad:")) try { if (!(JSON.parse(localStorage.getItem(k)).t > old)) localStorage.removeItem(k); } catch { }
  }
  for (const box of items) {
    const w = read(box.id);
    if (!w) continue;
    touched(box, w);
    for (const radio of box.querySelectorAll("input[type=radio]")) if (w.answer !== undefined) radio.checked = radio.value === w.answer;
    const f = fields(box);
    for (const part in f) if (f[part] && w[part] !== undefined) f[part].value = w[part];
    if (w.comment !== undefined || w.evidence !== undefined) box.querySelector("details").open = true;
  }
  count();

  if (items.length && !state.querySelector("svg")) state.textContent = say.idle;
  if (items.length) for (const type of ["input", "change"]) form.addEventListener(type, on);
  form?.addEventListener("submit", (event) => {
    if (leaving || !toSend().length) return;
    event.preventDefault(); // what is under way must arrive before the form, or it could undo it
    const by = event.submitter;
    hurry().then(drain).then((settled) => {
      if (!settled || leaving) return;
      leaving = true;
      form.requestSubmit(by);
    });
  });
  addEventListener("online", () => { delay = 0; drain(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { leaving = false; drain(); } });
  addEventListener("pagehide", () => {
    for (const item of toSend()) post(body(item, read(item)), { keepalive: true }).catch(() => { });
  });
  addEventListener("beforeunload", (event) => { if (unstored.size) event.preventDefault(); });
  // A page without questions was drawn before what waited arrived: draw it again.
  if (waiting().length) drain().then((settled) => { if (settled && sent && !items.length) location.reload(); });
})();
