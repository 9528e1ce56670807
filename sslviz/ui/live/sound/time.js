// The rows of a recording over time: wave, log-mel, what the model hears, labels, answers.
import { draw_svg, make, set } from '../shared.js'
import { with_code } from './codes.js'

/** @import { SoundAnswer, SoundCard, SoundStep } from '../sound_card.js' */

export const STEP = 0.02 // s
export const HEARD = 3 // rows from which on it is shown what is covered
const SAY = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/**
 * The spans of steps that are covered: first step, and the one after the last.
 * @param {{ masked: boolean }[]} steps
 * @returns {[number, number][]}
 */
export function covered_spans(steps) {
  /** @type {[number, number][]} */
  const spans = []
  steps.forEach(({ masked }, t) => {
    const last = spans[spans.length - 1]
    if (masked && last?.[1] === t) last[1] = t + 1
    else if (masked) spans.push([t, t + 1])
  })
  return spans
}

/**
 * A row and its name.
 * @param {string} kind
 * @param {string} text
 * @param {string} hint
 * @param {HTMLElement} line
 */
function row(kind, text, hint, line) {
  const name = make('div', `name ${kind}`, text)
  if (hint) name.append(make('small', 'quiet', hint))
  return [name, line]
}

/**
 * The covered spans as boxes over a row.
 * @param {SoundStep[]} steps
 * @param {boolean} [solid]
 */
function boxes(steps, solid = false) {
  const n = steps.length
  return covered_spans(steps).map(([from, to]) => {
    const box = make('i', solid ? 'span solid' : 'span')
    Object.assign(box.style, { left: `${(100 * from) / n}%`, width: `${(100 * (to - from)) / n}%` })
    return box
  })
}

/** @param {SoundCard} data */
function wave(data) {
  const line = make('div', 'line wide')
  const svg = draw_svg(line, 'svg', {
    viewBox: `0 -100 ${data.wave.length} 200`,
    preserveAspectRatio: 'none',
    class: 'wave',
    role: 'img',
    'aria-label': `Wave of ${data.name}`,
  })
  const top = data.wave.map(([, high], i) => `${i},${-high}`)
  const low = data.wave.map(([down], i) => `${i},${-down}`).reverse()
  draw_svg(svg, 'polygon', { points: [...top, ...low].join(' ') })
  if (covers(data)) line.append(...boxes(data.steps))
  return line
}

/**
 * Whether what is covered is shown; in a lesson not before it was covered.
 * @param {SoundCard} data
 */
const covers = data => !data.size || data.rows >= HEARD

/**
 * @param {SoundCard} data
 * @param {string} alt
 * @param {boolean} covered
 */
function mel(data, alt, covered) {
  const line = make('div', 'line wide')
  line.append(make('img', 'mel', '', { src: data.mel, alt }), ...(covers(data) ? boxes(data.steps, covered) : []))
  return line
}

/**
 * @param {SoundStep} step
 * @param {number} t
 * @param {number} first  the step at which the rows begin
 * @param {string} one  what a label is called
 * @param {(t: number) => void} choose
 */
function code(step, t, first, one, choose) {
  const kind = `chip ${step.masked ? 'target' : 'heard'}`
  const numbers = step.code.map(number => number + 1).join('·')
  const title = `step ${first + t + 1}, ${SAY.format((first + t) * STEP)} s: ${one} ${numbers}${step.masked ? ', covered' : ', heard'}`
  const chip = make('button', kind, '', { type: 'button', title, onclick: () => choose(first + t) })
  return with_code(set(chip, { 'data-step': first + t, 'aria-label': title }), step.code)
}

/** @param {SoundAnswer | null} said */
function answer(said) {
  if (!said) return make('span', 'none')
  const chip = make('div', `chip answer${said.right ? '' : ' off'}`, '', { title: said.title })
  chip.append(make('span', 'sign', said.right ? '✓' : '✕'))
  if (!said.right) chip.append(...said.code.map(entry => make('span', 'wrong', entry + 1)))
  return chip
}

/**
 * All rows.
 * @param {SoundCard} data
 * @param {(t: number) => void} choose
 */
export function lattice(data, choose) {
  const node = make('div', 'lattice')
  const [codes, answers] = [make('div', 'line codes'), make('div', 'line answers')]
  node.style.setProperty('--steps', `${data.steps.length}`)
  codes.append(...data.steps.map((step, t) => code(step, t, data.first, data.words.one, choose)))
  answers.append(...data.steps.map(step => answer(step.answer)))
  const loud = 'How loud each band of frequencies is, low ones below'
  const heard = 'What the model hears: the covered spans are missing'
  const rows = [
    row('', 'Recording', `${SAY.format(data.seconds)} s`, wave(data)),
    row('', data.size ? 'High and low sounds' : 'Log-mel', 'high sounds on top', mel(data, loud, false)),
    row('', 'The model hears', data.covered, mel(data, heard, true)),
    row('label', data.size ? 'Pseudo-label' : data.words.label, data.words.every, codes),
    row('guess', 'Model’s answer', data.score, answers),
  ]
  node.append(...(data.size ? rows.slice(data.skip, data.rows) : rows).flat())
  return node
}
