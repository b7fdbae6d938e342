// Keys are shown where a button is pointed at, and told to who uses a screen reader.

/** Keys as people read them. */
const SHOWN = { " ": "space", ArrowLeft: "←", ArrowRight: "→" };

/** Keys as `aria-keyshortcuts` names them. */
const NAMED = { " ": "Space", "+": "Plus", F: "Shift+F" };

const isLetter = (key) => key.length === 1 && key !== " ";

/**
 * What a button says of its key.
 *
 * @param {string} title what it does
 * @param {string} key
 * @param {boolean} hasLetters whether letters act as keys
 * @returns {{title: string, shortcut: string}} both without a key that does not act
 */
export const hintOf = (title, key, hasLetters) => {
  if (isLetter(key) && !hasLetters) return { title, shortcut: "" };
  const shown = SHOWN[key] ?? key;
  return { title: title ? `${title}: ${shown}` : `Key: ${shown}`, shortcut: NAMED[key] ?? key };
};

/** Show the keys of all buttons in a part of the page. */
export const showKeys = (root, hasLetters) => {
  for (const button of root.querySelectorAll("[data-key]")) {
    button.dataset.does ??= button.title;
    const { title, shortcut } = hintOf(button.dataset.does, button.dataset.key, hasLetters);
    if (title) button.title = title;
    else button.removeAttribute("title");
    if (shortcut) button.setAttribute("aria-keyshortcuts", shortcut);
    else button.removeAttribute("aria-keyshortcuts");
  }
};
