// The theme of a page that has no other script for it: chosen before the first paint.

import { showTheme, wireTheme } from "./theme.mjs";

showTheme();
addEventListener("DOMContentLoaded", () => wireTheme(document.getElementById("theme"), () => {}));
