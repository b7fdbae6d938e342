// What the tab "Script" was written with.

/** {lines, verdicts, severities, voices, source_language, target_language, film, source_sound,
    pace_s, fastest, strays} */
export const script = JSON.parse(document.getElementById("script-data").textContent);
