// The menu on a phone: Streamlit leaves it open over the page that was chosen in it.
import { find } from '../shared.js'

const PHONE = 768 // px; below it the menu covers the page

export function close_menu() {
  document.addEventListener('click', event => {
    const { target } = event
    if (innerWidth >= PHONE || !(target instanceof Element)) return
    if (!target.closest('[data-testid=stSidebar] a')) return
    find(document, '[data-testid=stSidebarCollapseButton] button')?.click()
  })
}
