// What the page was written with.

/** {film, cuts, gate, guard, verdicts, order, presets, reviewed, part, play, stray_refusals} */
export const page = JSON.parse(document.getElementById("data").textContent);

/** Frames per second. */
export const rate = page.film.rate[0] / page.film.rate[1];

/** The film beside the page, as `FilmPlayer` takes it. */
export const played = { ...page.play, frames: page.film.frames, rate };
