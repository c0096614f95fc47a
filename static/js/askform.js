/* The form for a request: an account is found while one types, chosen from the list, or left to be made when the form is sent. */

const PAUSE_MS = 150;

function wire(form) {
  const field = form.elements.account_name;
  const [hidden, find, card, list] = [form.elements.account, ...["find", "chosen", "options"].map((name) => form.querySelector(`[data-account-${name}]`))];
  let timer = 0;
  let asking = null;

  const options = () => [...list.querySelectorAll(".opt")];
  const mark = (option) => {
    for (const other of options()) other.toggleAttribute("aria-selected", false);
    option?.setAttribute("aria-selected", "true");
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const url = new URL(form.dataset.askform, location.href);
    url.searchParams.set("account_name", field.value);
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      list.hidden = !list.childElementCount;
      mark(options()[0]);
    } catch {
      list.hidden = true; // the name typed is enough: the server finds or makes the account
    }
  };

  const take = (option) => {
    hidden.value = option.dataset.account;
    field.value = option.dataset.name;
    card.replaceChildren(option.querySelector("template").content.cloneNode(true));
    [card.hidden, find.hidden, list.hidden] = [false, true, true];
    field.dispatchEvent(new Event("input", { bubbles: true })); // so that the draft is kept
    clearTimeout(timer);
    form.dispatchEvent(new Event("account-chosen"));
    form.elements.text.focus();
  };

  const change = () => {
    hidden.value = "";
    [card.hidden, find.hidden] = [true, false];
    field.select();
    field.focus();
    form.dispatchEvent(new Event("account-chosen"));
  };

  field.addEventListener("input", () => {
    if (find.hidden) return;
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener("keydown", (event) => {
    const all = options();
    const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (list.hidden || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") list.hidden = true;
    else if (event.key === "Enter") take(all[Math.max(here, 0)]);
    else mark(all[(here + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest(".opt");
    if (option) take(option);
  });
  card.addEventListener("click", (event) => {
    if (event.target.closest("[data-account-change]")) change();
  });
  find.addEventListener("focusout", (event) => {
    if (!find.contains(event.relatedTarget)) list.hidden = true;
  });
}

const bound = new WeakSet();

/** Wire the form, once. */
export function bind(root) {
  const form = root.querySelector("[data-askform]");
  if (!form || bound.has(form)) return;
  bound.add(form);
  wire(form);
}
