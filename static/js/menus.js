/* Popover menus: arrow keys walk the entries, data-filter="#list" narrows a long list, and where CSS anchors are unknown the menu is placed here. */

const ANCHORED = CSS.supports("position-area", "block-end");

function entries(menu) {
  return [...menu.querySelectorAll(".opt")].filter((entry) => entry.checkVisibility());
}

function place(menu) {
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  if (!button) return;
  const box = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const wanted = menu.matches(".at-end, .above") ? box.right - width : box.left;
  const below = box.bottom + 4 + height <= innerHeight && !menu.matches(".above");
  menu.style.left = `${Math.max(8, Math.min(wanted, innerWidth - width - 8))}px`;
  menu.style.top = `${below ? box.bottom : Math.max(8, box.top - height - 8)}px`;
}

document.addEventListener("toggle", (event) => {
  if (event.newState !== "open" || !event.target.matches?.("[popover].floating")) return;
  // A list that was narrowed since the page came is kept as it is shown now.
  for (const kept of event.target.querySelectorAll("[data-shown-query]")) kept.value = location.search.slice(1);
  if (!ANCHORED) place(event.target);
}, true);

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu:popover-open");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const all = entries(menu);
  const here = all.indexOf(document.activeElement);
  const next = { ArrowDown: (here + 1) % all.length, ArrowUp: (Math.max(here, 0) - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
  if (event.target.matches("input") && ["Home", "End"].includes(event.key)) return;
  event.preventDefault();
  all[next]?.focus();
});

document.addEventListener("input", (event) => {
  const { filter } = event.target.dataset;
  if (!filter) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of document.querySelectorAll(`${filter} > *`)) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
  }
});

// Enter in the filter takes the first entry that is left.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.dataset?.filter) return;
  event.preventDefault();
  document.querySelector(`${event.target.dataset.filter} > :not([hidden])`)?.click();
});

/** Nothing to do per element: everything is delegated. */
export function bind() {}
