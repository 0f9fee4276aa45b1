// Shows what only a temporary organisation has once that kind is chosen. Without this script all of it is shown.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  const section = document.querySelector("fieldset.temporary-only");
  if (!kind || !section) return;
  const fit = () => {
    section.hidden = kind.value !== "temporary";
  };
  kind.addEventListener("change", fit);
  fit();
});
