// Making nodes. Text goes in as text only, so that nothing that somebody typed can become markup.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string | number} [text]
 * @param {object} [properties]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = '', text = '', properties = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: String(text) }, properties)
}

/**
 * An element that the page has.
 * @param {string} id
 */
export const by = id => /** @type {HTMLElement} */ (document.getElementById(id))

/**
 * Say in a line how things stand; a screen reader says it, too.
 * @param {string} text
 */
export function say(text) {
  const line = by('line')
  if (line.textContent !== text) line.textContent = text
}
