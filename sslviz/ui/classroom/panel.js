// The room on the projector: its code, the QR code of its address, and who is in.
import { make, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors RoomPanel in classroom/panel.py.
 * @typedef {object} RoomPanel
 * @property {string} code
 * @property {string} address
 * @property {string} qr
 * @property {Taken[]} seats
 * @property {boolean} locked
 */

/**
 * Mirrors Taken in classroom/panel.py.
 * @typedef {object} Taken
 * @property {number} seat
 * @property {string} name
 */

/** @type {View<RoomPanel>} */
export default view({
  update: (/** @type {Part<RoomPanel>} */ part, data) => {
    part.data = data
    const told = make('div')
    const spoken = data.code.split('').join(' ')
    const count = data.seats.length
    told.append(
      make('p', 'quiet', 'Open the address, or point the camera at the square:'),
      make('p', 'address', `${data.address}/class`),
      make('p', 'quiet', 'and type the code:'),
      set(make('p', 'code', data.code, { translate: false }), { 'aria-label': `Code ${spoken}` }),
      set(make('p', 'inside', `${count} ${count === 1 ? 'is' : 'are'} in${data.locked ? ' · locked' : ''}`), {
        role: 'status',
      }),
    )
    const names = make('ul', '', '', { translate: false })
    for (const { seat, name } of data.seats) {
      const item = make('li', '', name)
      const out = make('button', '', '✕', { type: 'button', onclick: () => part.send({ kind: 'out', seat }) })
      item.append(set(out, { 'aria-label': `Put ${name} out` }))
      names.append(item)
    }
    const code = make('img', '', '', { src: data.qr, alt: `QR code of ${data.address}/class/${data.code}` })
    part.root.replaceChildren(code, told, names)
  },
})
