// The voices that a line may get.

const SEXES = { f: "female", m: "male" };

/** A voice as the choice names it: "pf_dora (female)". */
export const voiceText = ({ voice, sex }) => {
  const name = voice.slice(voice.indexOf(":") + 1);
  return SEXES[sex] ? `${name} (${SEXES[sex]})` : name;
};

/**
 * Voices in groups: by synthesizer, those of other languages apart.
 *
 * @param {{voice: string, sex: string, is_guest: boolean}[]} voices
 * @param {string} chosen a voice that is offered though the list lacks it
 * @returns {[string, object[]][]} the title of each group and its voices
 */
export const voiceGroups = (voices, chosen = "") => {
  const groups = new Map();
  const put = (title, voice) => groups.set(title, [...(groups.get(title) ?? []), voice]);
  for (const voice of voices) {
    const [synthesizer] = voice.voice.split(":");
    put(voice.is_guest ? `${synthesizer}, with an accent` : synthesizer, voice);
  }
  if (chosen && !voices.some(({ voice }) => voice === chosen)) {
    put("not offered", { voice: chosen, sex: "", is_guest: false });
  }
  return [...groups];
};
