// Shared by all live parts: it stands in front of each part's own script.
const SVG_NAMES = 'http://www.w3.org/2000/svg'
const MODES = { recorded: '◷ recorded', live: '● live', untrained: '○ untrained' }
const parts = new WeakMap()          // parentElement → what the part remembers between updates

// Text goes in as textContent only, so nothing a visitor typed can become markup.
function make(tag, className = '', text = '', properties = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: text }, properties)
}

function draw_svg(parent, tag, attributes, text) {
  const node = document.createElementNS(SVG_NAMES, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text !== undefined) node.textContent = text
  parent.append(node)
  return node
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches
const percent = share => (share > 0 && share < .005 ? '<1 %' : `${Math.round(100 * share)} %`)

function heading(text, hint = '', mode = '') {
  const title = make('h2', '', text + ' ')
  if (hint) title.append(make('small', '', hint + ' '))
  if (MODES[mode]) title.append(make('span', 'mode', MODES[mode]))
  return title
}

// A bytes frame from frames.py: [header length, header as JSON, arrays].
function unframe(data) {
  const bytes = data.slice()                     // a copy starts on an aligned address
  const length = new DataView(bytes.buffer).getInt32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  return { header, bytes, at: 4 + length }
}

