// The frame of the pair card: a header, and the pixels of pictures, views and stages one after the other.
import { unframe } from '../../live/frames.js'

/** @import { Formula, Mode } from '../../live/shared.js' */

/**
 * What Python sends; mirrors PairsHeader in tasks/same_or_different/card.py. Views count from 0: the first views of all
 * pictures, then the second views of all.
 * @typedef {object} PairsHeader
 * @property {string} id
 * @property {string[]} names  of the pictures
 * @property {RecipeStep[][]} steps  of each view
 * @property {number[][] | null} similar  cosine of any two views
 * @property {(number | null)[][] | null} share  of a row's probability
 * @property {[number, number][]} confusable  pictures that a person would call the same
 * @property {number} selected  a view
 * @property {number} heard  number of the last choice by the visitor that came
 * @property {number} tau
 * @property {number} loss
 * @property {number[]} loss_anchor  of each view
 * @property {Formula | null} formula
 * @property {string} note
 * @property {Mode} model
 * @property {number} n  pictures
 * @property {number} size  px
 * @property {number} stages  of each view of the selected picture
 */

/**
 * Mirrors RecipeStep in tasks/same_or_different/card.py.
 * @typedef {object} RecipeStep
 * @property {string} name
 * @property {string} text
 * @property {boolean} applied
 */

/** @typedef {{ originals: ImageData[], views: ImageData[], stage_pictures: ImageData[] }} Pixels */
/** @typedef {PairsHeader & Pixels} PairsFrame */

/**
 * The other view of the same picture.
 * @param {{ n: number }} frame
 * @param {number} i
 */
export const partner = ({ n }, i) => (i + n) % (2 * n)

/**
 * Cut the pixels of a frame into pictures.
 * @param {Uint8Array} data
 * @returns {PairsFrame}
 */
export function receive(data) {
  const { header: any_header, bytes, at } = unframe(data)
  const header = /** @type {PairsHeader} */ (any_header)
  const { n, size, stages } = header
  const picture = (/** @type {number} */ k) => {
    const image = new ImageData(size, size)
    image.data.fill(255) // opaque
    const start = at + 3 * k * size * size
    for (let p = 0; p < size * size; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = Number(bytes[start + 3 * p + c])
    }
    return image
  }
  const some = (/** @type {number} */ from, /** @type {number} */ count) =>
    Array.from({ length: count }, (_, k) => picture(from + k))
  return { ...header, originals: some(0, n), views: some(n, 2 * n), stage_pictures: some(3 * n, 2 * stages) }
}
