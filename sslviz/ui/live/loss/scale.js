// Numbers of the loss plot: how far its axis reaches, where its ticks lie, and where names have room.

const ROOM = 2.2 // of a loss whose first steps are far above any simple answer, so many times that answer is drawn
const BESIDE = [-5, 14, -20, 29, -35, 44] // px from its line at which a name may stand, the best first
const APART = 16 // px between two names

/** @typedef {[number, number]} Point  step and loss */

/**
 * What a simple answer costs; mirrors LossLine in frame/views.py.
 * @typedef {object} LossLine
 * @property {string} name
 * @property {number} value
 * @property {'chance' | 'baseline'} kind
 */

/**
 * A round distance between ticks: 1, 2, 2.5 or 5 times a power of ten.
 * @param {number} reach
 * @param {number} count  of ticks, about
 */
export function round_step(reach, count) {
  const raw = reach / count
  const power = 10 ** Math.floor(Math.log10(raw))
  return power * /** @type {number} */ ([1, 2, 2.5, 5, 10].find(k => k * power >= raw))
}

/**
 * From where to where the axis goes.
 * @param {{ curve: Point[], held: Point[], baselines: LossLine[] }} data
 * @returns {{ chance: LossLine | undefined, bottom: number, top: number, most: number, cut: boolean }} the line of
 *   guessing, both ends of the axis, the highest loss, and whether that lies above the axis
 */
export function range({ curve, held, baselines }) {
  const chance = baselines.find(b => b.kind === 'chance') ?? baselines[0]
  const values = [...curve, ...held].map(([, loss]) => loss)
  const all = [...values, ...(chance ? [chance.value] : [])]
  const most = Math.max(...(all.length ? all : [1]))
  const simple = Math.max(0, ...baselines.map(b => b.value))
  const high = simple && most > 2 * ROOM * simple ? ROOM * simple : most
  const low = Math.min(...values, ...baselines.map(b => b.value), high)
  // The axis begins above 0 only where little happens.
  const bottom = Math.max(0, !values.length || low < 0.7 * high ? 0 : low - 0.35 * (high - low) - 0.05)
  return { chance, bottom, top: high + 0.09 * (high - bottom), most, cut: high < most }
}

/**
 * A place for each line's name: just above its line, else below, else further off; never on another name or line, and
 * on no curve where there is room elsewhere.
 * @param {number[]} lines  px
 * @param {number} low  px
 * @param {number} high  px
 * @param {[number, number][]} curves  px down, from where to where curves pass behind each name; empty: none do
 * @returns {number[]} px
 */
export function name_places(lines, low, high, curves = []) {
  /** @type {number[]} */
  const rows = []
  const order = lines.map((y, i) => /** @type {[number, number]} */ ([y, i])).sort(([a], [b]) => a - b)
  for (const [y, i] of order) {
    const free = (/** @type {number} */ row) =>
      row > low &&
      row < high &&
      rows.every(other => Math.abs(other - row) >= APART) &&
      lines.every(line => line < row - 13 || line > row + 2)
    const [from, to] = curves[i] ?? [Infinity, -Infinity]
    const open = BESIDE.map(by => y + by).filter(free)
    rows[i] = open.find(row => to < row - 14 || from > row + 3) ?? open[0] ?? y - 5
  }
  return rows
}

/**
 * The point of a curve that is nearest to a step.
 * @param {Point[]} curve
 * @param {number} step
 */
export const nearest = (curve, step) =>
  curve.reduce((best, [at], i) => (Math.abs(at - step) < Math.abs(Number(curve[best]?.[0]) - step) ? i : best), 0)
