// The theme of a page: the system's, until a reviewer chooses one for all films.

import { recalled, remember } from "./preferences.mjs";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

/** Show the theme that was chosen, if one was. */
export const showTheme = () => {
  const chosen = recalled("theme");
  if (chosen) root.dataset.theme = chosen;
};

const exchangeThemes = () => {
  const now = root.dataset.theme || (system.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  remember("theme", root.dataset.theme);
};

/** Let a button exchange the themes; `onChange` is told whenever the colours are others. */
export const wireTheme = (button, onChange) => {
  button.addEventListener("click", () => {
    exchangeThemes();
    onChange();
  });
  system.addEventListener("change", onChange);
};
