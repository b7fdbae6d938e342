// Before the first paint: the theme that was chosen; whether letters are keys.

import { recalled } from "../templating/preferences.mjs";
import { showTheme } from "../templating/theme.mjs";

showTheme();
document.documentElement.dataset.letters = recalled("letters") || "on";
