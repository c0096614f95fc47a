/* What a person sees of requests: nothing under 300 ms, a thin line above it, a sentence when one fails. What was typed stays. */
import { say } from "./notices.js";

const QUIET_MS = 300;
const FAILED = {
  403: "You may not do this. Nothing was changed.",
  404: "This is not here any more, or you may not see it. Nothing was changed.",
  429: "That was too many requests at once. Wait a minute and try again; what you typed is still here.",
};
const BROKEN = "The server could not do this, and the error was recorded. Nothing was changed; what you typed is still here.";
const running = new Set();
let signedOutShown = false;

const csrfToken = () => document.cookie.split("; ").find((cookie) => cookie.startsWith("waymark_csrf="))?.split("=")[1];

// Who signed in again in another tab goes on with a new token: this page, drawn before, takes it over and may send what was typed on it.
document.addEventListener("submit", ({ target }) => {
  const [field, token] = [target.elements.namedItem("csrfmiddlewaretoken"), csrfToken()];
  if (field && token) field.value = token;
}, true);
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const token = csrfToken();
  if (token) ctx.request.headers["X-CSRFToken"] = token;
});

const isLive = (ctx) => Boolean(ctx?.request?.headers?.["X-Live"]);

function showBusy() {
  document.documentElement.toggleAttribute("data-busy", running.size > 0);
}

/** Say that the session ended, once, with a link that leads back here. */
export function signedOut(signIn) {
  const dialog = document.getElementById("signed-out");
  if (signIn) dialog.querySelector("a").href = signIn;
  if (!signedOutShown) dialog.showModal();
  signedOutShown = true;
}

function refusal(ctx) {
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  const said = page.querySelector("[data-refusal]");
  const more = said?.querySelector("a");
  more?.remove();
  return { sentence: said?.textContent.trim(), link: more && { url: more.getAttribute("href"), text: more.textContent } };
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isLive(ctx)) return;
  ctx.busyTimer = setTimeout(() => {
    running.add(ctx);
    showBusy();
  }, QUIET_MS);
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  clearTimeout(ctx.busyTimer);
  running.delete(ctx);
  showBusy();
});

document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  if (status < 400) {
    if (ctx.request.method !== "GET") document.dispatchEvent(new CustomEvent("waymark:changed"));
    return;
  }
  if (status === 401) {
    event.preventDefault();
    signedOut(headers.get("HX-Sign-In"));
    return;
  }
  const { sentence, link } = refusal(ctx);
  if (!sentence && (status === 409 || status === 422)) return; // the form itself comes back, with what to mend
  event.preventDefault();
  if (!isLive(ctx)) say(sentence ?? FAILED[status] ?? BROKEN, "error", link);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || isLive(ctx)) return;
  if (ctx.response) say("This page could not show the answer. Load the page again to see how things stand.", "error");
  else if (ctx.request.method === "GET") say("The server could not be reached. Try again in a moment.", "error");
  else say("The server could not be reached, so this was not saved. What you typed is still here; send it again in a moment.", "error");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.response?.status !== 422) return;
  const root = ctx.target.isConnected ? ctx.target : document;
  root.querySelector('[aria-invalid="true"]')?.focus();
});
