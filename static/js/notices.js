/* Messages and the undo bar. Servers send them as HX-Trigger events: waymark:message {text, level, link}
   and waymark:undo {label, url, link}. */

const READ_MS = 8000;
const ICONS = { error: "alert-triangle", warning: "alert-triangle", success: "circle-check" };
const UNDO_MS = 20000;
const area = document.getElementById("notices");

function raise() {
  // In the top layer a message is seen above an open dialog as well.
  area.popover = "manual";
  if (area.matches(":popover-open")) area.hidePopover();
  if (area.childElementCount) area.showPopover();
}

function fade(notice, after) {
  setTimeout(() => {
    if (notice.matches(":hover, :focus-within")) fade(notice, 2000);
    else close(notice);
  }, after);
}

function close(notice) {
  notice?.remove();
  if (area && !area.childElementCount && area.matches(":popover-open")) area.hidePopover();
}

function place(template, text, link) {
  const notice = document.getElementById(template).content.firstElementChild.cloneNode(true);
  notice.querySelector("p").textContent = text;
  const shows = notice.querySelector("[data-notice-link]");
  if (link) Object.assign(shows, { href: link.url ?? link, textContent: link.text ?? shows.textContent, hidden: false });
  area.append(notice);
  raise();
  return notice;
}

/** Show one sentence, with a link where there is more to see. An error stays until it is closed, anything else leaves by itself. */
export function say(text, level = "info", link = null) {
  for (const shown of area.querySelectorAll(".notice")) if (shown.querySelector("p").textContent === text) close(shown);
  const notice = place("notice-template", text, link);
  notice.classList.add(`is-${level}`);
  const icon = notice.querySelector("use");
  icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, `#i-${ICONS[level] ?? "info-circle"}`));
  if (level !== "error") fade(notice, READ_MS);
}

/** Say what was done and offer to take it back; only the latest change is offered. */
export function offerUndo(label, url, link) {
  for (const shown of area.querySelectorAll(".undobar")) close(shown);
  const form = place("undo-template", label, link);
  form.action = url;
  form.setAttribute("hx-post", url);
  form.setAttribute("hx-swap", "none");
  window.htmx.process(form);
  form.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response.status < 400) setTimeout(() => close(form));
  });
  fade(form, UNDO_MS);
}

if (area) {
  const closing = document.getElementById("notice-template").content.querySelector("[data-close-notice]");
  for (const notice of area.querySelectorAll(".notice")) {
    notice.append(closing.cloneNode(true));
    if (!notice.matches(".is-error")) fade(notice, READ_MS);
  }
  raise();
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-notice]")) close(event.target.closest(".notice"));
  });
  document.addEventListener("waymark:message", (event) => say(event.detail.text ?? event.detail.value, event.detail.level, event.detail.link));
  document.addEventListener("waymark:undo", (event) => offerUndo(event.detail.label, event.detail.url, event.detail.link));
}
