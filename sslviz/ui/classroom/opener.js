// Who opened a room: a token that this browser keeps. It goes to Python over the page's own socket and nowhere else.
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors OpenerQuestion in classroom/opener.py.
 * @typedef {object} OpenerQuestion
 * @property {string} session
 * @property {boolean} known
 * @property {string | null} offer
 * @property {boolean} forget
 */

const KEPT = 'sslviz-room'

/** @type {View<OpenerQuestion>} */
export default view({
  update: (/** @type {Part<OpenerQuestion>} */ part, data) => {
    let token = null
    try {
      if (data.forget) localStorage.removeItem(KEPT)
      else if (data.offer) localStorage.setItem(KEPT, data.offer)
      token = localStorage.getItem(KEPT)
    } catch {
      // a browser that keeps nothing: the room lasts as long as this visit
    }
    // Nothing is told where there is nothing to tell: each word makes Python draw the page once more.
    if (token !== null && !data.known && !data.forget) part.send({ token })
  },
})
