// Autocomplete boxes are drawn by a script that does not tell screen readers which field they belong to.
"use strict";

function nameAutocompletes() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    const name = label.textContent.replace("*", "").trim();
    for (const part of drawn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", name);
    }
  }
}

// They are drawn at a moment of their own choosing, and again in rows that are added.
new MutationObserver(nameAutocompletes).observe(document.documentElement, { childList: true, subtree: true });

// Where the theme adds a second copy of the boxes' script, they no longer find their words by themselves.
document.addEventListener("DOMContentLoaded", () => {
  const boxes = window.django?.jQuery?.fn.select2;
  const words = document.querySelector("script[src*='select2/i18n/zh-CN']");
  if (boxes && words) boxes.defaults.set("language", boxes.amd.require("select2/i18n/zh-CN"));
});
