/* Search and commands. The server answers GET search?q=… with links of role="option"; commands are filtered here. Arrows choose, Enter opens. */

const PAUSE_MS = 120;
let dialog;
let input;
let timer = 0;
let asking = null;

const options = () => [...dialog.querySelectorAll("[role=option]")].filter((option) => option.checkVisibility());

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
  const commands = dialog.querySelector("[data-palette-commands]");
  let left = 0;
  for (const command of commands.querySelectorAll(".opt")) {
    const text = command.textContent.toLowerCase();
    command.hidden = !words.every((word) => text.includes(word));
    left += command.hidden ? 0 : 1;
  }
  commands.hidden = left === 0;
}

async function ask(query) {
  const found = dialog.querySelector("[data-palette-found]");
  asking?.abort();
  asking = new AbortController();
  try {
    const url = new URL(input.form.action);
    url.searchParams.set("q", query);
    const answer = query ? await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "div#palette-results" }, signal: asking.signal }) : null;
    if (answer && !answer.ok) return;
    found.innerHTML = answer ? await answer.text() : "";
  } catch (error) {
    if (error.name !== "AbortError") found.textContent = "";
    return;
  }
  dialog.querySelector("[data-palette-nothing]").hidden = options().length > 0;
  choose(options()[0]);
}

function typed() {
  const query = input.value.trim();
  filterCommands(query);
  dialog.querySelector("[data-palette-nothing]").hidden = true;
  choose(options()[0]);
  clearTimeout(timer);
  timer = setTimeout(() => ask(query), PAUSE_MS);
}

function pressed(event) {
  const all = options();
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(all[(here + (event.key === "ArrowDown" ? 1 : all.length - 1) + all.length) % all.length]);
  } else if (event.key === "Enter" && all[here]) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) open(all[here].href);
    else all[here].click();
  }
}

/** Wire the palette of this page, once. */
export function bind() {
  if (dialog) return;
  dialog = document.querySelector("[data-palette]");
  input = dialog.querySelector("input[name=q]");
  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("focus", () => {
    input.select();
    typed();
  });
}
