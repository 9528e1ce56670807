// The cards in hand: which comes next, what a grade and its undoing do, and what of it Python does not know yet.
import { drop, new_key, put, unsent } from './unsent.js'

/** @import { Review, ReviewCard } from './types.js' */
/** @import { Send } from './unsent.js' */

const STALE = 600_000 // ms after which the intervals on the buttons are asked for again

/**
 * What is in hand.
 * @typedef {object} Hand
 * @property {Review} data
 * @property {ReviewCard[]} queue
 * @property {ReviewCard | null} current
 * @property {boolean} revealed
 * @property {number | null} chosen  number of the option
 * @property {number} since  ms since 1970 when the card came
 * @property {number} turned  ms when a button last changed
 * @property {number} fresh  ms since 1970 when Python was last heard
 * @property {{ card: ReviewCard, key: string }[]} history  grades that can be undone
 * @property {number} n  of grades and undos
 * @property {string} learner
 * @property {string} choice
 * @property {boolean} stale  another page was in front meanwhile
 */

/** @returns {Omit<Hand, 'data'>} */
export const empty_hand = () => ({
  queue: [],
  current: null,
  revealed: false,
  chosen: null,
  since: Date.now(),
  turned: 0,
  fresh: 0,
  history: [],
  n: 0,
  learner: '',
  choice: '',
  stale: false,
})

/**
 * Put a card in front, closed.
 * @param {Hand} hand
 * @param {ReviewCard | null} card
 * @param {number} turned
 */
function lay(hand, card, turned) {
  Object.assign(hand, { current: card, revealed: false, chosen: null, since: Date.now(), turned })
}

/** @param {Hand} hand */
function next(hand) {
  const turned = hand.current ? performance.now() : 0 // where no button stood, none has changed
  lay(hand, hand.queue.shift() ?? null, turned)
}

/**
 * Show the answer. Says what there is to do: nothing, to draw, or to ask for new intervals besides.
 * @param {Hand} hand
 * @param {number | null} [chosen]
 */
export function reveal(hand, chosen = null) {
  if (!hand.current || hand.revealed) return ''
  Object.assign(hand, { revealed: true, chosen, turned: performance.now() })
  return hand.data.ready && Date.now() - hand.fresh > STALE ? 'ask' : 'draw'
}

/**
 * Grade the card, and go on to the next one. Says whether that could be done.
 * @param {Hand} hand
 * @param {number} value  1 to 4
 */
export function grade(hand, value) {
  const { current: card, learner: who } = hand
  if (!card || !hand.revealed || card.preview || !who) return false
  const [key, at] = [new_key(), Date.now()]
  const about = { card: card.id, grade: value, took: at - hand.since, count: card.count, first: card.first }
  put({ id: key, who, n: hand.n++, at, kind: 'grade', key, ...about })
  hand.history.push({ card, key })
  next(hand)
  return true
}

/**
 * Take the last grade back; its card lies in front again. Says whether there was one.
 * @param {Hand} hand
 */
export function undo(hand) {
  const last = hand.history.pop()
  if (!last) return false
  const { card, key } = last
  const about = { card: card.id, count: card.count, first: card.first }
  put({ id: `${key}-undo`, who: hand.learner, n: hand.n++, at: Date.now(), kind: 'undo', key, ...about })
  if (hand.current) hand.queue.unshift(hand.current)
  hand.queue = hand.queue.filter(one => one.id !== card.id)
  lay(hand, card, performance.now())
  return true
}

/**
 * What Python does not know yet, so that its numbers can be put right meanwhile.
 * @param {Hand} hand
 */
export function unseen(hand) {
  const counts = { new: 0, learning: 0, due: 0 }
  let done = 0
  const add = (/** @type {Send} */ { count, first }, /** @type {number} */ by) => {
    if (count !== 'new' && count !== 'learning' && count !== 'due') return
    if (first) done += by // a card that comes again today was counted the first time
    counts[count] += by
  }
  const seen = new Set(hand.data.seen)
  const waiting = unsent(hand.learner).filter(one => !seen.has(one.id))
  const grades = new Map(waiting.filter(one => one.kind === 'grade').map(one => [one.key, one]))
  for (const one of waiting) if (one.kind === 'undo' && !grades.delete(one.key)) add(one, -1)
  for (const one of grades.values()) add(one, 1)
  return { done, counts, cards: new Set([...grades.values()].map(one => one.card)) }
}

/**
 * Take what Python sends. The card in front stays, as long as the learner and the choice of cards do.
 * @param {Hand} hand
 * @param {Review} data
 * @returns {boolean} whether grades wait that were given before a reload, or to a server that is no more
 */
export function take(hand, data) {
  const first = !hand.data?.ready && data.ready
  if (hand.learner && !data.ready) {
    hand.data = { ...hand.data, ready: false } // another server, which has not heard yet who is learning
    return false
  }
  hand.data = data
  data.acked.forEach(drop)
  const another = hand.learner && hand.learner !== data.learner
  hand.learner = data.learner
  const waiting = unsent(hand.learner)
  const graded = unseen(hand).cards
  if (another) hand.history = []
  if (another || hand.choice !== data.choice || (hand.stale && !hand.revealed)) hand.current = null
  Object.assign(hand, { choice: data.choice, stale: false })
  const card = hand.current
  const fresh = card && data.queue.find(one => one.id === card.id)
  if (fresh && !hand.revealed) hand.current = fresh
  else if (fresh) hand.current = { ...card, previews: fresh.previews, preview: fresh.preview }
  hand.queue = data.queue.filter(one => one.id !== hand.current?.id && !graded.has(one.id))
  if (!hand.current) next(hand)
  return first && waiting.length > 0
}
