// A picture of the pair card, as large as it is.
import { context, make, set } from '../../live/shared.js'

/**
 * @param {ImageData | undefined} image
 * @param {string} [className]
 */
export function thumb(image, className = 'thumb') {
  const { width = 0, height = 0 } = image ?? {}
  const canvas = set(make('canvas', className, '', { width, height }), { 'aria-hidden': true })
  if (image) context(canvas).putImageData(image, 0, 0)
  return canvas
}
