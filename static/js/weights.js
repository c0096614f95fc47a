/* Sliders of weights: beside each stands its share of a hundred per cent, and what is saved where it differs. */
function show(form) {
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const total = sliders.reduce((sum, slider) => sum + Number(slider.value), 0) || 1;
  for (const slider of sliders) {
    const output = form.querySelector(`output[for="${slider.id}"]`);
    const share = Math.round((100 * Number(slider.value)) / total);
    const saved = Number(output.dataset.saved);
    output.replaceChildren();
    if (share !== saved) output.append(Object.assign(document.createElement("s"), { textContent: saved }));
    output.append(`${share} %`);
  }
}

export function bind(root) {
  for (const form of root.querySelectorAll("[data-weights]:not([data-bound])")) {
    form.dataset.bound = "";
    form.addEventListener("input", () => show(form));
  }
}
