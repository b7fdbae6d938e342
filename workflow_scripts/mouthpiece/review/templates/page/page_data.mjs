// What the page was written with.

/** {film, cuts, gate, verdicts, order, presets, reviewed, part, stray_refusals} */
export const page = JSON.parse(document.getElementById("data").textContent);

/** Frames per second. */
export const rate = page.film.rate[0] / page.film.rate[1];
