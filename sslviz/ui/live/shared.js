// What all views share: making nodes, and what stands above and below a card.
const SVG_NAMES = 'http://www.w3.org/2000/svg'
const MATH_NAMES = 'http://www.w3.org/1998/Math/MathML'
/** @type {Record<string, string>} */
const MODES = { recorded: '◷ recorded', live: '● live', untrained: '○ untrained' }
/** @type {Record<string, number>} */
export const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/**
 * Where a model's numbers come from.
 * @typedef {'recorded' | 'live' | 'untrained'} Mode
 */

/**
 * A line of mathematics: pieces in MathML, between which it may wrap, and in words; mirrors FormulaLine in live/shared.py.
 * @typedef {object} FormulaLine
 * @property {string[]} pieces
 * @property {string} said
 */

/**
 * A formula in symbols, and with the present numbers; mirrors Formula in live/shared.py.
 * @typedef {object} Formula
 * @property {FormulaLine} symbols
 * @property {FormulaLine} numbers
 */

// ---- nodes ------------------------------------------------------------------------------------------------------

/**
 * Make an element. Text goes in as textContent only, so nothing a visitor typed can become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string | number | null} [text]
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className = '', text = '', properties = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: text }, properties)
}

/**
 * Set attributes, and return the node.
 * @template {Element} Node
 * @param {Node} node
 * @param {Record<string, string | number | boolean>} attributes
 */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  return node
}

/**
 * Append an SVG element to its parent, and return it.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Element} parent
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} attributes
 * @param {string | number} [text]
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function draw_svg(parent, tag, attributes, text) {
  const node = set(document.createElementNS(SVG_NAMES, tag), attributes)
  if (text !== undefined) node.textContent = String(text)
  parent.append(node)
  return node
}

/**
 * The first element that a selector finds.
 * @param {ParentNode | null | undefined} root
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const find = (root, selector) => root?.querySelector(selector) ?? null

/**
 * All elements that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const find_all = (root, selector) => [
  .../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector)),
]

/**
 * The element that has the focus, if it lies in this one or is this one.
 * @param {Element} root
 * @returns {HTMLElement | null}
 */
export function focused(root) {
  const { activeElement } = /** @type {Document | ShadowRoot} */ (root.getRootNode())
  return activeElement && root.contains(activeElement) ? /** @type {HTMLElement} */ (activeElement) : null
}

/**
 * Give the focus back, once all is drawn anew, without moving the page.
 * @param {ParentNode | null | undefined} root
 * @param {string} selector
 */
export function focus_on(root, selector) {
  find(root, selector)?.focus({ preventScroll: true })
}

export const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** @param {number} share */
export const percent = share => (share > 0 && share < 0.005 ? '<1%' : `${Math.round(100 * share)}%`)

/**
 * The 2D context of a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export const context = canvas => /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))

// ---- above and below a card -------------------------------------------------------------------------------------

/**
 * A heading, what it means in small letters, and where the numbers come from.
 * @param {string} text
 * @param {string} [hint]
 * @param {string} [mode]
 */
export function heading(text, hint = '', mode = '') {
  const title = make('h2', '', `${text} `)
  if (hint) title.append(make('small', '', `${hint} `))
  if (MODES[mode]) title.append(make('span', 'mode', MODES[mode]))
  return title
}

/**
 * A line of mathematics. A screen reader is given its words. What is not MathML throughout is not put on the page: then
 * its words are shown.
 * @param {FormulaLine} line
 * @param {string} [kind]  numbers, for the line with the present ones
 */
export function formula_line({ pieces, said }, kind = '') {
  const node = set(make('p', `formula ${kind}`), { role: 'img', 'aria-label': said })
  const roots = pieces.map(piece => new DOMParser().parseFromString(piece, 'application/xml').documentElement)
  if (!roots.length || !roots.every(is_mathematics)) node.textContent = said
  else for (const root of roots) node.append(document.importNode(root, true), ' ')
  return node
}

/** @param {Element} root */
const is_mathematics = root =>
  root.localName === 'math' && [root, ...root.querySelectorAll('*')].every(one => one.namespaceURI === MATH_NAMES)

/**
 * A formula, in symbols and below with the present numbers.
 * @param {Formula} formula
 */
export const formula_lines = formula => [formula_line(formula.symbols), formula_line(formula.numbers, 'numbers')]

/**
 * What stands below a card: a note, and the formula.
 * @param {{ note?: string, formula?: Formula | null }} data
 */
export function remarks({ note, formula }) {
  const nodes = note ? [make('p', 'note', note)] : []
  if (formula) nodes.push(...formula_lines(formula))
  return nodes
}
