// What every page needs of the browser, and Streamlit leaves out. Once a browser page; it draws nothing.
import { keep_focus } from './page/focus.js'
import { one_entry_a_page } from './page/history.js'
import { remember_view } from './page/chosen.js'
import { close_menu } from './page/menu.js'
import { shield } from './page/translated.js'
import { view } from './view.js'

/** @import { Part, View } from './view.js' */

/**
 * What Python sends; mirrors PageAbout in live/page.py.
 * @typedef {object} PageAbout
 * @property {string} page  its title
 * @property {string} view  which view of its pages the visitor has chosen last
 */

const DONE = 'sslvizPage'

/** @type {View<PageAbout>} */
export default view({
  update: (/** @type {Part<PageAbout>} */ part, data) => {
    part.data = data
    remember_view(data.view)
    const { dataset } = document.documentElement
    if (dataset[DONE]) return
    dataset[DONE] = 'true'
    shield()
    keep_focus()
    one_entry_a_page()
    close_menu()
  },
})
