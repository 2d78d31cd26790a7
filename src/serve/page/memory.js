// What the browser stores for the page: language, theme, and the key until the tab is closed.
// Storage may be forbidden (blocked cookies); the page then works without.

/** @param {() => Storage} storage asking for it may fail, so it is asked for here */
export function recall(name, storage = () => localStorage) {
  try {
    return storage().getItem(`faceshot.${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value, storage = () => localStorage) {
  try {
    storage().setItem(`faceshot.${name}`, value);
  } catch { /* until the page is left, it is known anyway */ }
}
