// What a visitor makes of tiles by hand, as a list of numbers, and how the tiles then look.

/** @import { Tile, Tiles } from './panels.js' */

const MIDDLE = 4 // of nine tiles

/**
 * What there is after a tile was pressed. Of tiles that are toggled one stays hidden, and one visible; where two are
 * chosen, one of them is the middle, and pressing that lets them change places.
 * @param {Tiles} panel
 * @param {number[]} made
 * @param {number} i
 */
export function after_press(panel, made, i) {
  if (panel.act === 'toggle') {
    const toggled = made.includes(i) ? made.filter(one => one !== i) : [...made, i]
    return toggled.length && toggled.length < panel.tiles.length ? toggled : made
  }
  if (made.length < 2) return [i]
  return i === MIDDLE ? [...made].reverse() : made.map(one => (one === MIDDLE ? one : i))
}

/**
 * What there is after two tiles have changed places.
 * @param {number[]} made  which tile lies at each place
 * @param {number} a
 * @param {number} b
 */
export function after_swap(made, a, b) {
  return made.map((one, place) => Number(place === a ? made[b] : place === b ? made[a] : one))
}

/**
 * Things that Python sent in one order, in another.
 * @template Thing
 * @param {Thing[]} things
 * @param {number[]} told  which thing lies at each place
 * @param {number[]} made  which is to lie there
 * @returns {Thing[]}
 */
export const moved = (things, told, made) => made.map(one => /** @type {Thing} */ (things[told.indexOf(one)]))

/**
 * The tiles as they are by what was made. What only Python can say of them is left out until it has.
 * @param {Tiles} panel
 * @param {number[]} made
 * @returns {Tile[]}
 */
export function arranged({ act, tiles, made: told = [] }, made) {
  if (!act || `${made}` === `${told}`) return tiles
  if (act === 'swap') {
    const images = moved(tiles, told, made).map(one => one.image)
    return tiles.map((one, place) => ({ title: one.title, image: images[place] }))
  }
  if (act === 'toggle') {
    return tiles.map((one, place) => {
      const pressed = made.includes(place)
      return { ...one, kind: pressed ? 'hidden' : '', pressed }
    })
  }
  // Chosen ones: what marks them goes to the tiles that are chosen now.
  return tiles.map((one, place) => {
    const number = made.indexOf(place)
    const { kind = '', text } = tiles[Number(told[number])] ?? {}
    const own = told.length < 2 // then the text is the tile's own
    return { ...one, kind, pressed: number >= 0, text: own ? one.text : number < 0 ? '' : text }
  })
}
