// Where the teacher lets them, students open the same sample by themselves, inside this page, and are called back from it.
import { by, make } from './nodes.js'

let away = false // whether the student is trying it alone

/**
 * @param {string} front  address below which phones have their pages
 * @param {{ free: boolean, link: string }} now
 */
export function offer(front, now) {
  if (!now.free || !now.link) {
    come_back()
    return
  }
  if (document.getElementById('try')) return
  const button = make('button', 'go', 'Try it yourself', { id: 'try', type: 'button' })
  button.onclick = () => {
    if (!away) {
      go_away(front, now.link, button)
      return
    }
    come_back()
    offer(front, now)
  }
  by('foot').before(button)
}

/**
 * @param {string} front
 * @param {string} link
 * @param {HTMLButtonElement} button
 */
function go_away(front, link, button) {
  away = true
  document.body.classList.add('away')
  const page = make('iframe', '', '', { src: `${front.replace(/\/class$/, '')}/${link}`, id: 'page' })
  page.title = 'The page of the lesson'
  document.body.append(page)
  button.textContent = 'Back to the class'
  by('who').before(button)
}

/** Back to the class, and nothing more to try. */
export function come_back() {
  away = false
  document.body.classList.remove('away')
  document.getElementById('page')?.remove()
  document.getElementById('try')?.remove()
}
