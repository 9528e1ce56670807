// Looks at a run that goes on: a small request, again and again, that all views of this kind on a page share. It draws
// nothing itself. What it finds moves loss, map and figures; what only Python can draw, it has drawn anew.
import { bytes_of, unframe } from '../live/frames.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

const USUAL = 500 // ms between looks
const AT_FIRST = 150 // ms, until the first step is done
const PATIENCE = 2000 // ms between two times that Python is asked to draw
const SLOWER = 10 // so many times what a look takes; a server that is busy with a class is asked less
const LONGEST = 10000 // ms
const RARER = 4 // times: looks at a busy server are that much rarer at most, so that a run's line keeps moving
const LIVELY = 1000 // ms between two times that a look brings a card, where the card is all that there is to see
const AT_ONCE = 1000 // ms between two times that it is told of another mark
const NEAR = 300 // px from the edge of the screen within which something counts as seen

/**
 * What Python sends; mirrors LookAbout in frame/looks.py.
 * @typedef {object} LookAbout
 * @property {string} run  its id
 * @property {string} film  of its map
 * @property {'mark' | 'step' | 'frames' | 'all'} follows  what has Python draw anew when it changes
 * @property {string} mark  as drawn
 * @property {number} step  as drawn
 * @property {number} frames  as drawn
 * @property {string} moves  name of what a look brings, where the step is another; "" where Python draws that
 */

/**
 * What a look is answered, LookHeader in frame/looks.py; a test compares the two.
 * @typedef {object} LookHeader
 * @property {string} run  its id
 * @property {boolean} gone  whether the run is no longer there
 * @property {string} mark
 * @property {number} step
 * @property {number} frames
 * @property {string} line  the figures of the run, in HTML
 * @property {[number, number][]} curve
 * @property {[number, number][]} held
 * @property {number} budget  steps
 * @property {string} mode
 * @property {boolean} film  whether frames of the map follow
 */

/** @typedef {{ key: string, data?: object, frame?: string, html?: string }} Moved  what a view is sent, bytes in base64; or a line */

/**
 * @typedef {Part<LookAbout> & {
 *   told: number, turn: number, leave?: () => void, looks?: Looks, drawn: number, moved: number, cost: number, fetching: boolean,
 *   lost: boolean }} Follower  drawn: the step that is on what moves; moved: when it was fetched, and at what cost, ms; lost: whether the
 *   server does not hold it
 */

/**
 * The looks at one run, for all who follow it.
 * @typedef {object} Looks
 * @property {Set<Follower>} followers
 * @property {LookHeader} [found]  the last answer
 * @property {ReturnType<typeof setTimeout>} [timer]
 * @property {number} [took]  ms, of the last looks
 */

const page = /** @type {{ sslvizLooks?: Map<string, Looks> }} */ (/** @type {unknown} */ (window))
const every = (page.sslvizLooks ??= new Map()) // shared by all views of this kind

/**
 * Follow a run, and look at it if nobody does yet.
 * @param {Follower} part
 * @param {string} run
 */
function join(part, run) {
  part.leave?.()
  const looks = every.get(run) ?? { followers: new Set() }
  every.set(run, looks)
  looks.followers.add(part)
  part.looks = looks
  part.leave = () => {
    looks.followers.delete(part)
    if (looks.followers.size) return
    clearTimeout(looks.timer)
    if (every.get(run) === looks) every.delete(run)
  }
  if (!looks.timer) again(run, looks)
}

/**
 * Ask the server beside Streamlit: by `send` every look, and every card, would be a script run.
 * @param {string} what
 */
// eslint-disable-next-line no-restricted-globals -- see above
const ask = what => fetch(new URL(what, document.baseURI))

/**
 * For how long a busy server is left alone, ms.
 * @param {Looks | undefined} looks
 */
const busy = looks => Math.min(LONGEST, SLOWER * (looks?.took ?? 0))

/**
 * @param {string} run
 * @param {Looks} looks
 */
function again(run, looks) {
  const step = looks.found?.step ?? [...looks.followers][0]?.data?.step ?? 0
  const least = step ? USUAL : AT_FIRST
  const pause = Math.max(least, Math.min(RARER * least, busy(looks)))
  looks.timer = setTimeout(() => look(run, looks).finally(() => again(run, looks)), pause)
  if (!looks.followers.size) clearTimeout(looks.timer)
}

/**
 * @param {string} run
 * @param {Looks} looks
 */
async function look(run, looks) {
  const leader = [...looks.followers].find(part => part.data.follows === 'mark') ?? [...looks.followers][0] // by the map
  if (!leader) return
  const { mark, step, frames } = looks.found ?? leader.data
  const began = performance.now()
  const asked = new URLSearchParams({ mark, step: `${step}`, frames: `${frames}`, film: leader.data.film })
  try {
    const answer = await ask(`looks/${run}?${asked}`)
    looks.took = ((looks.took ?? 0) + performance.now() - began) / 2
    if (answer.status === 200) {
      const { header, bytes, at } = unframe(new Uint8Array(await answer.arrayBuffer()))
      looks.found = { ...looks.found, ...header }
      move(header, bytes.subarray(at))
    }
  } catch {
    return // the server does not answer, or something else does: the next look may find it
  }
  for (const part of looks.followers) {
    tell(part)
    void bring(part, run)
  }
}

/**
 * Fetch what moves for this part of the page, where that is seen and of an older step, and show it unless Python has
 * drawn it anew since.
 * @param {Follower} part
 * @param {string} run
 */
async function bring(part, run) {
  const { moves, follows } = part.data
  const step = part.looks?.found?.step ?? part.drawn
  if (!moves || part.lost || part.fetching || step === part.drawn || !seen(part)) return
  const began = performance.now()
  const least = follows === 'all' ? LIVELY : PATIENCE
  if (began - part.moved < Math.max(least, Math.min(LONGEST, SLOWER * part.cost))) return
  part.fetching = true
  try {
    const answer = await ask(`moves/${run}/${moves}`)
    part.cost = performance.now() - began
    if (answer.status === 200) take(part, moves, await answer.json())
  } catch {
    return // as for a look
  } finally {
    part.fetching = false
  }
}

/**
 * @param {Follower} part
 * @param {string} name  of what was fetched
 * @param {{ step: number, moved: Moved[] | null }} found
 */
function take(part, name, { step, moved }) {
  if (part.data.moves !== name) return
  part.lost = !moved
  part.drawn = step
  part.moved = performance.now()
  for (const { key, data, frame, html } of moved ?? []) {
    if (html === undefined) hand(key, frame === undefined ? data : bytes_of(frame), 'drawn')
    else put(html, one => document.querySelector(`.st-key-${key} .${one.className}`))
  }
}

/**
 * Whether what a view follows for is on the screen: the block in which the view stands. A block of no size is.
 * @param {Follower} part
 */
function seen({ root }) {
  const { host = root } = /** @type {Partial<ShadowRoot>} */ (root.getRootNode())
  const { top, bottom } = (host.closest('[data-testid="stVerticalBlock"]') ?? host).getBoundingClientRect()
  return bottom > -NEAR && top < innerHeight + NEAR
}

/**
 * Have Python draw anew where what this view follows is no longer what is drawn. What nobody sees waits until it is
 * scrolled to; the page as a whole does not.
 * @param {Follower} part
 */
function tell(part) {
  const found = part.looks?.found
  if (!found) return
  const { data } = part
  const moving = data.moves && !part.lost
  const same =
    data.follows === 'all'
      ? found.mark === data.mark && (moving || found.step === data.step)
      : found[data.follows] === data[data.follows] || (data.follows === 'step' && moving)
  if (same && !found.gone) return
  const now = performance.now()
  const soon = data.follows === 'mark' || data.follows === 'all'
  if (!soon && !found.gone && !seen(part)) return
  const left = soon && found.mark !== data.mark ? 0 : busy(part.looks)
  if (now - part.told < Math.max(soon ? AT_ONCE : PATIENCE, left)) return
  part.told = now
  part.turn += 1
  part.send({ kind: 'moved', turn: part.turn })
}

/**
 * Move what shows this run on the page. An answer may come late, when Python has drawn another run by now, as after a
 * Reset: what shows that one is left alone.
 * @param {LookHeader} found
 * @param {Uint8Array} film
 */
function move(found, film) {
  if (found.gone) return
  const line = /** @type {HTMLElement | null} */ (document.querySelector('.st-key-transport .run'))
  if (line?.dataset.run === found.run) put(found.line, () => line)
  hand('loss', found)
  hand('learn_loss', found)
  if (found.film) hand('embedding', film)
}

/**
 * Put what is in an element in place of what is in its like on the page.
 * @param {string} html  of ours alone: no word of a visitor is in it
 * @param {(made: Element) => Element | null} place  of the like
 */
function put(html, place) {
  const made = /** @type {Element} */ (new DOMParser().parseFromString(html, 'text/html').body.firstElementChild)
  place(made)?.replaceChildren(...made.childNodes)
}

/**
 * Hand something to the view inside the container with this key.
 * @param {string} key
 * @param {LookHeader | object | undefined} detail
 * @param {string} name  of the event
 */
function hand(key, detail, name = 'look') {
  for (const node of document.querySelectorAll(`.st-key-${key} *`)) {
    node.shadowRoot?.querySelector('.root')?.dispatchEvent(new CustomEvent(name, { detail }))
  }
}

/** @type {View<LookAbout>} */
export default view({
  begin: (/** @type {Follower} */ part) => {
    Object.assign(part, { told: -PATIENCE, turn: 0, cost: 0, fetching: false })
  },
  update: (/** @type {Follower} */ part, data) => {
    const another = part.data?.run !== data.run || part.data.film !== data.film
    if (part.data?.moves !== data.moves) {
      Object.assign(part, { drawn: data.step, moved: performance.now(), lost: false })
    }
    part.data = data
    if (!another) return
    part.told = performance.now() - AT_ONCE
    join(part, data.run)
    if (part.looks) delete part.looks.found
  },
  end: part => part.leave?.(),
})
