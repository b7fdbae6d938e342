// What the browser remembers of a reviewer's choices, for all films.

export const recalled = (name) => {
  try {
    return localStorage.getItem(`mouthpiece.${name}`);
  } catch {
    return null; // no storage
  }
};

export const remember = (name, value) => {
  try {
    localStorage.setItem(`mouthpiece.${name}`, value);
  } catch {
    // no storage
  }
};

/**
 * Whether letters, digits and ? act as keys. Who speaks to the machine, or whose hands tremble,
 * presses letters unintentionally (WCAG 2.1.4).
 */
export const hasLetters = () => document.documentElement.dataset.letters === "on";
