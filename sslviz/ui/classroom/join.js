// Type the code of a room: the browser then goes to the phones' page of this room.
import { make, set } from '../live/shared.js'
import { view } from '../live/view.js'

/** @import { Part, View } from '../live/view.js' */

/**
 * What Python sends; mirrors Door in classroom/join.py.
 * @typedef {object} Door
 * @property {number} length
 */

/** @type {View<Door>} */
export default view({
  update: (/** @type {Part<Door>} */ part, data) => {
    part.data = data
    const field = make('input', '', '', { id: 'code', name: 'code', maxLength: 2 * data.length, spellcheck: false })
    set(field, { autocomplete: 'off', autocapitalize: 'characters', placeholder: 'code' })
    const form = make('form')
    form.append(
      make('label', '', 'In class? Type the code of the room:', { htmlFor: 'code' }),
      field,
      make('button', 'go', 'Come in'),
    )
    form.onsubmit = event => {
      event.preventDefault()
      const typed = field.value.trim()
      if (typed) location.assign(`class?code=${encodeURIComponent(typed)}`)
      else field.focus()
    }
    part.root.replaceChildren(form)
  },
})
