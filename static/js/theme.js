/* Loaded before the first paint, so that a chosen theme never flashes the other one. The choice stays on this device. */
(() => {
  const root = document.documentElement;
  const chosen = () => localStorage.getItem("theme") || "system";

  const show = () => {
    if (chosen() === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen();
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    localStorage.setItem("theme", button.dataset.themeChoice);
    show();
  });
  document.addEventListener("DOMContentLoaded", show);
  addEventListener("storage", show);
  show();
})();
