// The next labels and samples: fetched before they are asked for, and shown in the frame of the press. It draws nothing.
import { bytes_of } from '../live/frames.js'
import { find, set } from '../live/shared.js'
import { change, follow, view } from '../live/view.js'

/** @import { Making, Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors AheadData in frame/ahead.py.
 * @typedef {object} AheadData
 * @property {string} id  of the page
 * @property {string} card  key of its card
 * @property {number} sample  what Python shows
 * @property {number} seed
 * @property {number} others  how often another sample was asked for, of which Python has heard
 * @property {number} labels  how often another label was
 * @property {number} heard  number of the last press that came
 * @property {number} edits  number of the last change by hand that came
 * @property {number} further  from one sample to the next
 * @property {number} samples  how many there are
 * @property {number} seeds
 * @property {AheadSlider[]} sliders  those that are drawn
 * @property {string} asks  what of a card is old by then: "", the model's "answer", or the "label", too
 * @property {AheadStep[]} next
 */

/**
 * A card that may be fetched; mirrors AheadStep in frame/ahead.py.
 * @typedef {object} AheadStep
 * @property {number} sample
 * @property {number} seed
 * @property {string} slider  its key, where it is for a value of a slider
 * @property {number} value
 * @property {string} name
 */

/**
 * A slider that can be moved; mirrors AheadSlider in frame/ahead.py.
 * @typedef {object} AheadSlider
 * @property {string} slider  its key
 * @property {number} value  that Python shows
 */

/** @typedef {{ sample: number, seed: number, others: number, labels: number }} Position  with how often what was asked for */
/** @typedef {{ data?: object, frame?: string }} Fetched */

/**
 * @typedef {Part<AheadData> & Making<Position> & {
 *   cards: Map<string, object | null>, images: Map<string, HTMLImageElement[]>, edited: number, late: boolean, slid: Map<string, number>, listeners: [string, (event: any) => void][] }} Ahead
 */

/** Which buttons ask for what, by the end of their class: in the lab, and in a lesson. */
const ASKS = { new_label: 'label', scene_again: 'label', another_sample: 'sample', scene_another: 'sample' }
const BEHIND = 'data-behind' // of the whole page: what stands beside the card is about another label, see page.css

/**
 * What a click asks for: another label, another sample, or neither.
 * @param {Event} event
 */
function asked(event) {
  const [node] = event.composedPath()
  const button = node instanceof Element ? node.closest('button:not(:disabled)') : null
  const found = button && Object.entries(ASKS).find(([name]) => button.closest(`.st-key-${name}`))
  return found ? found[1] : ''
}

/**
 * Where the server is: the page's own script came from there.
 * @returns {string}
 */
const server = () =>
  /** @type {HTMLScriptElement | null} */ (find(document, 'script[src*="/static/"]'))?.src.split('/static/')[0] ?? ''

/**
 * The root of the card, which takes what it is to show as an event.
 * @param {Ahead} part
 */
function card_of(part) {
  const place = find(document, `.st-key-${part.data.card}`)
  for (const node of place?.querySelectorAll('*') ?? []) {
    const root = find(node.shadowRoot, '.root')
    if (root) return root
  }
  return null
}

/**
 * The card that is asked for, if it is here and still right.
 * @param {Ahead} part
 * @param {(step: AheadStep) => boolean} asks
 */
function ready(part, asks) {
  if (part.late || part.data.edits < part.edited) return null // Python has not said what that means
  const step = part.data.next.find(asks)
  return (step && part.cards.get(step.name)) ?? null
}

/**
 * Show a card in place of the present one; without one, the present one is pale until Python has followed.
 * @param {Ahead} part
 * @param {HTMLElement} place
 * @param {object | null} card
 */
function show(part, place, card) {
  part.late = !card
  document.documentElement.toggleAttribute(BEHIND, true)
  place.dispatchEvent(new CustomEvent('ahead', { detail: { data: card, asks: part.data.asks } }))
}

/**
 * Show what is asked for, and tell how often what was asked for.
 * @param {Ahead} part
 * @param {Event} event
 */
function press(part, event) {
  const asks = asked(event)
  const card = asks ? card_of(part) : null
  if (!card) return
  event.stopImmediatePropagation() // Streamlit would send the press as well, and it would count twice
  const { data, made } = part
  const to =
    asks === 'label'
      ? { ...made, seed: (made.seed + 1) % data.seeds, labels: made.labels + 1 }
      : { ...made, sample: (made.sample + data.further) % data.samples, others: made.others + 1 }
  const there = (/** @type {AheadStep} */ one) => !one.slider && one.sample === to.sample && one.seed === to.seed
  show(part, card, part.slid.size ? null : ready(part, there))
  change(part, to)
}

/**
 * Follow sliders while they are moved; Streamlit tells Python once they are let go.
 * @param {Ahead} part
 */
function slide(part) {
  const { data, slid } = part
  for (const { slider, value: said } of data.sliders) {
    const input = /** @type {HTMLInputElement | null} */ (find(document, `.st-key-${slider} input[type=range]`))
    const card = card_of(part)
    const value = Number(input?.value)
    if (!input || !card || same(value, slid.get(slider) ?? said)) continue
    slid.set(slider, value)
    if (!same(value, said)) {
      part.late = false // each value says anew what is shown
      show(part, card, slid.size > 1 ? null : ready(part, one => one.slider === slider && same(one.value, value)))
      continue
    }
    slid.delete(slider)
    if (slid.size) continue
    card.dispatchEvent(new CustomEvent('ahead', { detail: { back: true } }))
    followed(part)
  }
}

/**
 * @param {number} a
 * @param {number} b
 */
const same = (a, b) => Math.abs(a - b) < 1e-9

/**
 * What Python says of a slider that was moved: that it has heard of it, or, where it is gone, that nobody will.
 * @param {Ahead} part
 */
function hear(part) {
  for (const [slider, value] of part.slid) {
    const told = part.data.sliders.find(one => one.slider === slider)
    if (!told || same(told.value, value)) part.slid.delete(slider)
  }
}

/**
 * Python shows what the visitor asked for.
 * @param {Ahead} part
 */
function followed(part) {
  part.late = false
  document.documentElement.removeAttribute(BEHIND)
  card_of(part)?.dispatchEvent(new CustomEvent('settled'))
}

/**
 * Fetch what is not here yet, and forget what nobody can ask for any more.
 * @param {Ahead} part
 */
async function fetch_all(part) {
  const { cards, images, data, root } = part
  const names = data.next.map(step => step.name)
  for (const known of [cards, images]) for (const name of known.keys()) if (!names.includes(name)) known.delete(name)
  const fresh = names.filter(name => !cards.has(name))
  if (fresh.length) root.removeAttribute('data-ready')
  for (const name of fresh) cards.set(name, null)
  await Promise.all(
    fresh.map(async name => {
      const found = await fetch_one(name)
      if (!found || !cards.has(name)) return
      cards.set(name, found)
      images.set(
        name,
        pictures(found).map(src => Object.assign(new Image(), { src })),
      )
    }),
  )
  // All that there is has come; the page's own tests wait for it, and for a slider's by its key.
  if (part.data === data) set(root, { 'data-ready': ['cards', ...data.sliders.map(one => one.slider)].join(' ') })
}

/**
 * The pictures of a card. A picture that the page has loaded before is there at once; another one takes a frame or two.
 * @param {unknown} card
 * @returns {string[]}
 */
function pictures(card) {
  if (typeof card === 'string') return card.startsWith('data:image/') ? [card] : []
  return card && typeof card === 'object' && !(card instanceof Uint8Array) ? Object.values(card).flatMap(pictures) : []
}

/**
 * @param {string} name
 * @returns {Promise<object | null>}
 */
async function fetch_one(name) {
  try {
    // eslint-disable-next-line no-restricted-globals -- from our own server, to which nothing is said but the card's name
    const answer = await fetch(`${server()}/ahead/${name}`)
    if (answer.status !== 200) return null // the page has moved on; or else a press is shown once Python has followed
    /** @type {Fetched} */
    const { data, frame } = await answer.json()
    return data ?? bytes_of(String(frame))
  } catch {
    return null
  }
}

/** @type {View<AheadData>} */
export default view({
  begin: (/** @type {Ahead} */ part) => {
    Object.assign(part, { cards: new Map(), images: new Map(), edited: 0, late: false, slid: new Map() })
    // A slider has its new value once the page has drawn it, which is before the next frame.
    const look = () => {
      if (part.data.sliders.length) requestAnimationFrame(() => slide(part))
    }
    part.listeners = [
      ['click', event => press(part, event)],
      ['pointermove', look],
      ['pointerup', look],
      ['keydown', look],
      [
        'made',
        ({ detail }) => {
          if (detail.root === card_of(part)) part.edited = detail.count
        },
      ],
    ]
    for (const [name, listener] of part.listeners) document.addEventListener(name, listener, true)
  },
  update: (part, data) => {
    const { sample, seed, others, labels } = data
    const follows = follow(part, data, { sample, seed, others, labels })
    part.data = data
    hear(part)
    void fetch_all(part)
    if (follows && !part.slid.size) followed(part)
  },
  end: part => {
    document.documentElement.removeAttribute(BEHIND)
    for (const [name, listener] of part.listeners) document.removeEventListener(name, listener, true)
  },
})
