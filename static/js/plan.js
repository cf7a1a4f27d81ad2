// Works the training plan out anew while the budget or a priority is changed: asks
// for the page of what the form says, and puts in what has changed. Without it the
// form's button does the same.
const form = document.querySelector("[data-plan-form]");
const status = document.querySelector("[data-plan-status]");
let timer, asked = 0;

async function renew() {
  clearTimeout(timer);
  const mine = ++asked;
  const url = form.getAttribute("action") + "?" + new URLSearchParams(new FormData(form));
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-plan]");
  if (!now) throw new Error("no plan");
  if (mine !== asked) return;
  document.querySelector("[data-plan]").replaceWith(now);
  for (const field of page.querySelectorAll("[data-plan-form] input, [data-plan-form] select")) {
    fault(form.elements.namedItem(field.name), field);
  }
  const said = now.querySelector("[data-plan-summary]");
  status.textContent = said ? said.textContent : "";
  if (answer.ok) history.replaceState(null, "", url);
}

// fault gives a field the fault that the answer's field has, or none, and leaves
// what is typed in it.
function fault(own, field) {
  for (const name of ["aria-invalid", "aria-describedby"]) {
    if (field.hasAttribute(name)) own.setAttribute(name, field.getAttribute(name));
    else own.removeAttribute(name);
  }
  const box = own.closest(".m-field"), said = field.closest(".m-field");
  if (!box || !said) return;
  box.className = said.className;
  box.querySelectorAll(".m-field__error").forEach(function (e) { e.remove(); });
  const words = said.querySelector(".m-field__error");
  if (words) own.before(words);
}

if (form) {
  form.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(function () { renew().catch(function () { /* the button is still there */ }); }, 300);
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    renew().catch(function () { form.submit(); });
  });
}
