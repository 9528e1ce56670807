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

const PHONE = 760                    // px; below it words become rows (see the container rule in the CSS of a card)
const ruler = document.createElement('canvas').getContext('2d')
const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

// Share columns of these widths out over as many bands as are needed, about equally wide, so that none has one word only.
function shared_out(widths, room) {
  const total = widths.reduce((a, b) => a + b, 0), count = Math.ceil((total + 25) / room), result = [[]]
  let used = 0
  widths.forEach((width, i) => {
    if (used + width / 2 > total * result.length / count && result.length < count) result.push([])
    result.at(-1).push(i)
    used += width
  })
  return result
}

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

