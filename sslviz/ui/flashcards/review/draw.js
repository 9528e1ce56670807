// Drawing the review: counts above, the card, the buttons below.
import { focused, make, set } from '../../live/shared.js'
import { answer, options, picture, question } from './paint.js'
import { unseen } from './queue.js'
import { unsent } from './unsent.js'

/** @import { Desk, Review, ReviewCard } from './types.js' */

/** @type {('new' | 'learning' | 'due')[]} */
const COUNTS = ['new', 'learning', 'due']
const GRADES = ['Again', 'Hard', 'Good', 'Easy']
/** @type {Record<string, string>} */
const ASKED = {
  plain: 'Question',
  cloze: 'What belongs in the gap?',
  choice: 'Choose one',
  misconception: 'What is wrong with this?',
  picture: 'Which label? A task has just made it',
}
const GUARD = 250 // ms after a button has changed in which a press is not meant
const DOUBLE = 700 // ms in which a double click is not meant

/**
 * A click that was meant for the button which stood here a moment ago. A key that presses a button has detail 0.
 * @param {Desk} desk
 * @param {MouseEvent} event
 */
function hasty(desk, event) {
  const ago = performance.now() - desk.turned
  return event.detail > 0 && (ago < GUARD || (event.detail > 1 && ago < DOUBLE))
}

/**
 * A button that a hasty click does not press.
 * @param {Desk} desk
 * @param {string} kind
 * @param {() => void} act
 */
function guarded(desk, kind, act) {
  const button = make('button', kind, '', { type: 'button' })
  button.onclick = event => {
    if (!hasty(desk, event)) act()
  }
  return button
}

/**
 * Draw the card, and say whether anything changed: what is there already stays, or it would be read out once more.
 * @param {Desk} desk
 */
function draw_card(desk) {
  const { card, current, data } = desk
  const shown = current ? { ...current, previews: 0, preview: 0 } : { waiting: data.waiting, end: data.end }
  const key = JSON.stringify([desk.revealed, desk.chosen, shown])
  if (key === desk.card_key) return false
  desk.card_key = key
  if (!current) {
    card.replaceChildren(over(data))
    return true
  }
  const top = make('div', 'about')
  const kind = make('b', 'kind', ASKED[current.kind])
  top.append(task(desk, current), make('span', 'quiet', current.level), make('span', 'quiet', current.was), kind)
  card.replaceChildren(top, question(current, desk.revealed))
  if (current.picture) card.append(picture(current.picture))
  if (current.options.length) card.append(options(current, desk.revealed, desk.chosen, i => desk.acts.open(i)))
  if (desk.revealed) card.append(make('hr'), answer(current))
  if (current.source) card.append(make('p', 'source', `Source: ${current.source}`, { dir: 'auto' }))
  return true
}

/** @param {Review} data */
function over({ waiting, end }) {
  const node = make('div', 'over')
  if (waiting) node.append(make('p', 'question', waiting))
  else if (end) node.append(make('h3', '', end.title), ...end.lines.map(line => make('p', '', line)))
  else node.append(make('p', 'quiet', 'One moment …'))
  return node
}

/**
 * A link to the page of the card's task.
 * @param {Desk} desk
 * @param {ReviewCard} card
 */
function task(desk, { task: { name, href, title, page } }) {
  const chip = make('a', 'task', name, { href, title })
  chip.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    desk.acts.tell({ kind: 'open', page })
  }
  return chip
}

/**
 * @param {Desk} desk
 * @param {boolean} held  whether the focus was in what is replaced
 */
function draw_actions(desk, held) {
  const { actions, current, data } = desk
  const ready = Boolean(desk.learner && current && !current.preview)
  // The button that shows the answer depends on nothing else: replaced in the middle of a click, it would lose the click.
  const turn = JSON.stringify([current?.id, desk.since, desk.revealed, desk.revealed && ready])
  const key = JSON.stringify([turn, current ? desk.revealed && current.previews : data.end?.ahead])
  if (key === desk.actions_key) return
  const active = focused(actions)
  const at = turn === desk.turn && active ? [...actions.children].findIndex(one => one.contains(active)) : -1
  Object.assign(desk, { turn, actions_key: key })
  if (current && desk.revealed) {
    const buttons = GRADES.map((name, i) => grade_button(desk, name, i + 1, ready ? current.previews[i] : undefined))
    actions.replaceChildren(...buttons)
    if (held && ready) buttons[at < 0 ? 2 : at]?.focus({ preventScroll: true })
  } else if (current) {
    const show = guarded(desk, 'show', () => desk.acts.open())
    show.append('Show the answer ', make('kbd', '', 'Space'))
    actions.replaceChildren(set(show, { 'aria-keyshortcuts': 'Space' }))
    if (held) show.focus({ preventScroll: true })
  } else if (data.end?.ahead) {
    const onclick = () => desk.acts.tell({ kind: 'ahead' })
    actions.replaceChildren(make('button', 'show', data.end.ahead, { type: 'button', onclick }))
  } else actions.replaceChildren()
}

/**
 * @param {Desk} desk
 * @param {string} name
 * @param {number} value
 * @param {string | undefined} back  when the card comes back; undefined: it cannot be graded yet
 */
function grade_button(desk, name, value, back) {
  const button = guarded(desk, 'grade', () => desk.acts.grade(value))
  button.disabled = back === undefined
  button.append(make('span', 'name', name), make('small', '', back ?? ''), make('kbd', '', value))
  const label = `${name}${back === undefined ? '' : `, comes back in ${back}`}`
  return set(button, { 'aria-label': label, 'aria-keyshortcuts': value })
}

/** @param {Desk} desk */
export function draw_top(desk) {
  const { data } = desk
  const local = unseen(desk)
  const done = data.done + local.done
  const all = done + Math.max(0, data.left - local.done)
  desk.progress.max = Math.max(1, all)
  desk.progress.value = done
  set(desk.progress, { 'aria-label': `${done} of ${all} cards of today` })
  desk.tally.replaceChildren(make('b', '', `${done}/${all}`), ' today')
  desk.counts.replaceChildren(
    ...COUNTS.map(name => {
      const one = make('span')
      one.append(make('b', '', Math.max(0, data.counts[name] - local.counts[name])), ` ${name}`)
      return one
    }),
  )
  desk.undo.disabled = !desk.history.length
  set(desk.keys, { 'aria-pressed': desk.listening })
  const { trouble } = data
  desk.trouble.hidden = !trouble
  desk.trouble.textContent = trouble
    ? `${trouble} You can go on: your grades wait in this browser and are sent again.`
    : ''
}

/** @param {Desk} desk */
export function draw(desk) {
  const [onto, from, undone] = [desk.actions, desk.card, desk.undo].map(focused)
  draw_top(desk)
  const fresh = draw_card(desk)
  draw_actions(desk, Boolean(onto || (from && fresh) || (undone && desk.undo.disabled)))
  const ready = Boolean(desk.learner && desk.data.ready)
  set(desk.root, {
    'data-card': desk.current?.id ?? '',
    'data-unsent': unsent(desk.learner).length,
    'data-ready': ready,
  })
}
