/* Nothing typed is lost: a form with data-draft="key" is kept on this device while it is written, until the server accepted it.
   Kept per person, for two weeks; never passwords, files or hidden fields. */

const PAUSE_MS = 400;
const KEEP_MS = 14 * 24 * 3600 * 1000;
const SKIPPED = "[type=password], [type=file], [type=hidden], [data-no-draft]";
const person = document.body.dataset.user;
const bound = new WeakSet();

const nameOf = (form) => `draft:${person}:${form.dataset.draft}`;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !field.matches(SKIPPED) && field.type !== "submit");

function read(name) {
  const draft = JSON.parse(localStorage.getItem(name) ?? "null");
  if (draft && Date.now() - draft.at < KEEP_MS) return draft;
  localStorage.removeItem(name);
  return null;
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const value = field.matches("[type=checkbox], [type=radio]") ? (field.checked ? field.value : null) : field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
    (values[field.name] ??= []).push(value);
  }
  return values;
}

function putBack(form, values) {
  const seen = {};
  for (const field of fieldsOf(form)) {
    const index = (seen[field.name] = (seen[field.name] ?? -1) + 1);
    const value = values[field.name]?.[index];
    if (value === undefined) continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = value !== null;
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  }
}

function showNotice(form, draft, original) {
  const notice = document.createElement("p");
  const back = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", textContent: "Discard it" });
  const when = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  notice.className = "note hrow";
  notice.setAttribute("role", "status");
  notice.append(`What you typed here on ${when} was put back. `, back);
  back.addEventListener("click", () => {
    putBack(form, original);
    localStorage.removeItem(nameOf(form));
    notice.remove();
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  form.prepend(notice);
}

function keep(form, extra = {}) {
  try {
    localStorage.setItem(nameOf(form), JSON.stringify({ at: Date.now(), values: valuesOf(form), ...extra }));
    const mark = form.querySelector("[data-draft-mark]");
    if (mark) mark.textContent = "Draft kept on this device";
  } catch {
    // Storage is full or forbidden: writing goes on without a draft.
  }
}

function watch(form) {
  const original = valuesOf(form);
  const draft = read(nameOf(form));
  if (draft && JSON.stringify(draft.values) !== JSON.stringify(original)) {
    putBack(form, draft.values);
    showNotice(form, draft, original);
  }
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep(form, { sentFrom: location.pathname });
  });
  form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement === form && ctx.response.status < 400) localStorage.removeItem(nameOf(form));
  });
}

/* A form that was sent and is not on the page that followed it was accepted. Pages without a person (sign-in, errors) prove nothing, and
   neither does what comes after them: the page that follows is the one that the form's own page led to. */
function forgetAccepted() {
  const cameFrom = document.referrer ? new URL(document.referrer).pathname : "";
  const shown = new Set([...document.querySelectorAll("form[data-draft]")].map(nameOf));
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(`draft:${person}:`))) {
    const sentFrom = read(name)?.sentFrom;
    if (!shown.has(name) && sentFrom && sentFrom === cameFrom) localStorage.removeItem(name);
  }
}

/** Restore and watch every form with a draft under `root`. */
export function bind(root) {
  for (const form of [root, ...root.querySelectorAll("form[data-draft]")]) {
    if (!form.matches?.("form[data-draft]") || bound.has(form)) continue;
    bound.add(form);
    watch(form);
  }
}

forgetAccepted();
