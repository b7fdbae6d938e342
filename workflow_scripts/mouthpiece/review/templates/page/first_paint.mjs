// Before the first paint: the theme that was chosen, else the system's; whether letters are keys.

import { recalled } from "./preferences.mjs";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
root.dataset.letters = recalled("letters") || "on";
root.dataset.theme = recalled("theme") || system;
