/* Search and commands. The server answers GET search?q=… with links of role="option"; commands are filtered here, among them what the keys of this
   page do. Arrows choose, Enter opens; pressed before the answer is there, it waits for it: what is opened was found by what stands in the field.
   With nothing typed, what was opened lately is offered: this browser remembers which things, the server says what they are called now. */

const PAUSE_MS = 120;
const MOST_RECENT = 10;
const STORE = `recent:${document.body.dataset.user}`;
let dialog;
let input;
let timer = 0;
let asking = null;
let answered = null; // the query whose answer is shown
let waiting = null; // the press of Enter that waits for the answer

const part = (name) => dialog.querySelector(`[data-palette-${name}]`);
const options = () => [...dialog.querySelectorAll("[role=option]")].filter((option) => option.checkVisibility());
const remembered = () => JSON.parse(localStorage.getItem(STORE) ?? "[]");

function choose(option) {
  for (const other of dialog.querySelectorAll('[aria-selected="true"]')) other.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.id ||= `palette-${Math.random().toString(36).slice(2)}`;
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  return input.setAttribute("aria-activedescendant", option.id);
}

function filterCommands(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of dialog.querySelectorAll("[data-palette-commands]")) {
    let left = 0;
    for (const command of group.querySelectorAll(".opt")) {
      const text = command.textContent.toLowerCase();
      command.hidden = !words.every((word) => text.includes(word)) || (group.dataset.paletteCommands === "typed" && !words.length);
      left += command.hidden ? 0 : 1;
    }
    group.hidden = left === 0;
  }
}

/** What the keys of this page do, as commands: each presses the button it names. */
function listActions() {
  for (const option of dialog.querySelectorAll("[data-palette-actions] .opt, [data-palette-more] .opt")) option.remove();
  for (const element of document.querySelectorAll("[data-shortcut], [data-command]")) {
    const isHere = element.checkVisibility() && !element.closest("dialog, .topbar, .sidenav");
    if (element.disabled || !(isHere || "command" in element.dataset)) continue;
    const option = Object.assign(document.createElement("button"), { type: "button", className: "opt", tabIndex: -1 });
    option.setAttribute("role", "option");
    option.append(element.dataset.command || element.dataset.shortcutLabel || element.getAttribute("aria-label") || element.textContent.trim());
    option.addEventListener("click", () => {
      dialog.close();
      element.click();
    });
    part("command" in element.dataset ? "more" : "actions").append(option);
  }
}

function open(option, isApart) {
  if (isApart && option.href) window.open(option.href);
  else option.click();
}

function show(query, html, isBroken = false) {
  answered = query;
  part("found").innerHTML = html;
  const places = part("found").querySelector("[data-places]");
  if (places) part("places").replaceChildren(...places.content.children);
  part("nothing").hidden = isBroken || options().length > 0;
  part("broken").hidden = !isBroken;
  const found = part("found").querySelectorAll("[role=option]").length;
  filterCommands(query);
  part("said").textContent = query && !isBroken ? `${found || "Nothing"} found` : "";
  choose(options()[0]);
  if (waiting && options()[0]) open(options()[0], waiting.isApart);
  waiting = null;
}

async function ask(query) {
  asking?.abort();
  asking = new AbortController();
  const url = new URL(query ? input.form.action : dialog.dataset.recent, location.href);
  if (query) url.searchParams.set("q", query);
  else url.searchParams.set("seen", remembered().join(","));
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "div#palette-results" }, signal: asking.signal });
    show(query, answer.ok ? await answer.text() : "", !answer.ok);
  } catch (error) {
    if (error.name !== "AbortError") show(query, "", true);
  }
}

function typed() {
  const query = input.value.trim();
  waiting = null;
  filterCommands(query);
  part("nothing").hidden = part("broken").hidden = true;
  choose(options()[0]);
  clearTimeout(timer);
  timer = setTimeout(() => ask(query), query ? PAUSE_MS : 0);
}

function pressed(event) {
  const all = options();
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(all[(here + (event.key === "ArrowDown" ? 1 : all.length - 1) + all.length) % all.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const isApart = event.ctrlKey || event.metaKey;
    if (answered !== input.value.trim() && !(here > 0)) {
      clearTimeout(timer);
      waiting = { isApart };
      ask(input.value.trim());
    } else if (all[here]) open(all[here], isApart);
  }
}

/** Wire the palette of this page, once; remember the things whose pages are opened. */
export function bind(root) {
  for (const { dataset } of root.querySelectorAll("[data-subject]")) {
    const others = remembered().filter((subject) => subject !== dataset.subject);
    localStorage.setItem(STORE, JSON.stringify([dataset.subject, ...others].slice(0, MOST_RECENT)));
  }
  if (dialog) return;
  dialog = document.querySelector("[data-palette]");
  input = dialog.querySelector("input[name=q]");
  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("focus", () => {
    input.select();
    listActions();
    typed();
  });
}
