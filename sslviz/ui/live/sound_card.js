// A recording from its wave down to the model's answers, all on one axis of time, and what is behind one of its steps.
import { find, find_all, focus_on, focused, formula_lines, heading, make, set } from './shared.js'
import { follow, select, view } from './view.js'
import { behind, candidates, usage } from './sound/panels.js'
import { player } from './sound/player.js'
import { HEARD, STEP, lattice } from './sound/time.js'

/** @import { Formula, Mode } from './shared.js' */
/** @import { Making, Part, View } from './view.js' */
/** @import { AskedPanel, BehindPanel, UsagePanel } from './sound/panels.js' */
/** @import { Sound } from './sound/player.js' */

/**
 * What Python sends; mirrors SoundCard in frame/sound_view.py.
 * @typedef {object} SoundCard
 * @property {string} id  changes with sample, seed and settings
 * @property {Mode} model
 * @property {string} name
 * @property {string} hint
 * @property {number} seconds
 * @property {SoundWords} words
 * @property {[number, number][]} wave  lowest and highest in −100 to 100
 * @property {string} mel  address of a picture
 * @property {string} covered
 * @property {string} score
 * @property {SoundStep[]} steps
 * @property {number} selected  number of a step
 * @property {number} heard  number of the last choice by the visitor that came
 * @property {Sound[]} sounds
 * @property {AskedPanel} asked
 * @property {BehindPanel} behind
 * @property {UsagePanel} usage
 * @property {string} note
 * @property {Formula[] | null} formula  of each loss
 * @property {number} first  number of the first step that is shown
 * @property {number} rows  how far down the card goes on a stage; 0: only what sounds like a code
 * @property {number} skip  how many of them are left out at the top
 * @property {string} size  "", or of a stage: "large" or "present"
 */

/**
 * Mirrors SoundStep in frame/sound_view.py.
 * @typedef {object} SoundStep
 * @property {number[]} code
 * @property {boolean} masked
 * @property {SoundAnswer | null} answer
 */

/**
 * Mirrors SoundAnswer in frame/sound_view.py.
 * @typedef {object} SoundAnswer
 * @property {boolean} right
 * @property {number[]} code
 * @property {string} title
 */

/**
 * Mirrors SoundWords in frame/sound_view.py.
 * @typedef {object} SoundWords
 * @property {string} label  over the row of labels
 * @property {string} every  how many numbers a step has
 * @property {string} one  what a step's label is called
 */

/** @typedef {Part<SoundCard> & Making<number> & Nodes} Card */

/**
 * @typedef {object} Nodes
 * @property {HTMLElement} head
 * @property {HTMLElement} place  of the players
 * @property {HTMLElement} scroll
 * @property {HTMLElement} panels
 * @property {HTMLElement} foot
 * @property {HTMLElement} playhead  a line where the sound is that plays
 * @property {string} [sounds]  those that the players have
 * @property {string} [shown]  id of the recording that was scrolled to
 */

/** @param {Card} card */
function mark(card) {
  for (const node of find_all(card.root, '[data-step]')) {
    set(node, { 'aria-pressed': Number(node.dataset.step) === card.made })
  }
}

/**
 * Put the players in their place. A sound that plays goes on when only numbers around it change.
 * @param {Card} card
 */
function players(card) {
  const sounds = JSON.stringify(card.data.sounds)
  if (card.sounds === sounds) return
  card.sounds = sounds
  card.playhead.hidden = true
  const node = make('div', 'players')
  node.append(...card.data.sounds.map(sound => player(sound, seconds => move_head(card, seconds))))
  card.place.replaceChildren(node)
}

/**
 * The line through all rows stands where the sound is that plays.
 * @param {Card} card
 * @param {number} seconds
 */
function move_head(card, seconds) {
  card.playhead.hidden = false
  card.playhead.style.setProperty('--at', `${Math.min(100, (100 * seconds) / (card.data.steps.length * STEP))}%`)
}

/**
 * On a phone the first covered step may lie out of sight.
 * @param {Card} card
 */
function scroll_to_step(card) {
  if (card.shown === card.data.id) return
  card.shown = card.data.id
  const step = find(card.scroll, `[data-step="${card.made}"]`)
  const line = step?.parentElement
  if (!step || !line) return
  requestAnimationFrame(() => {
    card.scroll.scrollLeft = line.offsetLeft + step.offsetLeft - card.scroll.clientWidth / 2
  })
}

/** @param {Card} card */
function draw(card) {
  const { data: d, root } = card
  const held = focused(root)?.dataset.step
  const at = card.scroll.scrollLeft
  card.root.className = `root ${d.size}${d.rows <= HEARD ? ' few' : ''}`
  card.head.replaceChildren(...(d.size ? [] : [heading(d.name, d.hint, d.model)]))
  players(card)
  const rows = lattice(d, t => select(card, t, mark))
  rows.append(card.playhead)
  card.scroll.replaceChildren(rows)
  if (at) card.scroll.scrollLeft = at // else not even asked for: it would lay out the page at once
  scroll_to_step(card)
  const panels = d.size ? (d.rows ? [] : [behind(d.behind)]) : [candidates(d.asked), behind(d.behind), usage(d.usage)]
  card.panels.replaceChildren(...panels)
  card.foot.replaceChildren(...(d.note && !d.size ? [make('p', 'note', d.note)] : []))
  if (d.formula) card.foot.append(...d.formula.flatMap(formula_lines))
  mark(card)
  if (held !== undefined) focus_on(root, `[data-step="${held}"]`)
}

/** @type {View<SoundCard>} */
export default view({
  begin: (/** @type {Card} */ card) => {
    card.head = make('div')
    card.place = make('div')
    card.scroll = make('div', 'scroll', '', { tabIndex: 0 })
    set(card.scroll, { role: 'region', 'aria-label': 'The recording over time' })
    card.panels = make('div', 'panels')
    card.foot = make('div')
    card.playhead = set(make('div', 'playhead', '', { hidden: true }), { 'aria-hidden': 'true' })
    card.root.replaceChildren(card.head, card.place, card.scroll, card.panels, card.foot)
  },
  update: (card, data) => {
    follow(card, data, data.selected)
    card.data = data
    draw(card)
  },
})
