// The first screen of the page, as it was drawn once, over the page until the page has drawn as much. It stands in the
// page itself and runs before all scripts of Streamlit's client.

/**
 * @typedef {object} About
 * @property {string} light  the look as HTML
 * @property {string} dark
 * @property {string[]} data  addresses of what is large, for `look://0` and so on
 * @property {string} size  of the window that it was taken in: wide, phone
 * @property {string} view  what it shows: home, a lesson's first scene, or the lab
 */

const WIDE = 1200 // px; between a phone and this the page is laid out in other ways
const PHONE = 480
const EVERY = 30 // ms between looks at how far the page is
const LATE = 15000 // ms after which it is shown as far as it has come

/** The look for this window and for what the address asks; none where the page will show something else.
 * @param {About} about @param {Window} here */
export function chosen(about, here) {
  const size = here.innerWidth >= WIDE ? 'wide' : here.innerWidth <= PHONE ? 'phone' : ''
  if (about.size !== size || !fits(about, here)) return ''
  const html = dark(here) ? about.dark : about.light
  return html.replace(/look:\/\/(\d+)/g, (_, nth) => about.data[nth] ?? '')
}

/** Whether the page will show what was drawn then: home, the first scene of a lesson, or the lab without settings.
 * @param {About} about @param {Window} here */
function fits(about, here) {
  const asked = Object.fromEntries(new URLSearchParams(here.location.search))
  if (about.view === 'home') return !Object.keys(asked).length
  const { view = remembered(here), scene, ...others } = asked
  if (view !== about.view || Object.keys(others).length) return false
  return scene === undefined || (view === 'lesson' && scene === '1')
}

/** The view that the visitor chose last. @param {Window} here */
const remembered = here => /(?:^|; )sslviz_view=(\w+)/.exec(here.document.cookie)?.[1] ?? 'lesson'

/** Whether the page is dark: by Streamlit's menu, else by the system. @param {Window} here */
function dark(here) {
  let chosen_theme = ''
  try {
    chosen_theme = here.localStorage.getItem(`stActiveTheme-${here.location.pathname}-v2`) ?? ''
  } catch {
    // a browser that keeps nothing
  }
  if (/Dark/.test(chosen_theme)) return true
  return !/Light/.test(chosen_theme) && here.matchMedia('(prefers-color-scheme: dark)').matches
}

/** Whether the page has drawn all that the look shows. @param {string[]} keys  of parts with something in them */
export const drawn = keys =>
  keys.every(key => {
    const parts = [...document.querySelectorAll(`.st-key-${key}, .st-key-${key} *`)]
    return parts.some(part =>
      part.shadowRoot ? part.shadowRoot.querySelector('.root')?.firstChild : part.tagName === 'BUTTON',
    )
  })

/** The nth button or link of a part: where a press goes. @typedef {{ key: string, nth: number }} Press */

const PRESSED = 'button, a, [role=button], summary'

const REACHED = `${PRESSED}, input, select, textarea, [tabindex]`

/** Nodes of a part that fit a selector, those in views too.
 * @param {Element | ShadowRoot} part @param {string} selector @returns {HTMLElement[]} */
function within(part, selector) {
  return [...part.querySelectorAll('*')].flatMap(node => [
    ...(node.matches(selector) && node instanceof HTMLElement ? [node] : []),
    ...(node.shadowRoot ? within(node.shadowRoot, selector) : []),
  ])
}

/** What was pressed in the look, as the page can find it again. @param {Event} event @returns {Press | undefined} */
export function pressed(event) {
  const path = event.composedPath().filter(node => node instanceof HTMLElement)
  const target = path.find(node => node.matches(PRESSED))
  const part = path.find(node => /(?:^| )st-key-/.test(node.className))
  const key = /(?:^| )st-key-(\S+)/.exec(part?.className ?? '')?.[1]
  if (!target || !part || !key) return undefined
  return { key, nth: within(part, PRESSED).indexOf(target) }
}

/** Show the look until the page is drawn, then do there what was pressed. @param {About} about */
export function first_look(about) {
  const html = chosen(about, window)
  if (html) show(html)
}

/** Lay it over the page. @param {string} html  taken from the page by take_looks.py */
export function show(html) {
  const host = document.createElement('div')
  if (!('setHTMLUnsafe' in host)) return
  host.id = 'first_look'
  host.ariaHidden = 'true'
  // Closed, so that nothing that looks for a part of the page finds it in here.
  const root = host.attachShadow({ mode: 'closed' })
  root.setHTMLUnsafe(html)
  const ground = root.querySelector('[data-keys]')
  if (!(ground instanceof HTMLElement)) return
  // It is seen, not read out, and the keyboard passes it by.
  for (const node of within(root, REACHED)) node.tabIndex = -1
  const { keys = '', rem = '' } = ground.dataset
  const { style } = document.documentElement
  style.fontSize = rem // as Streamlit will set it
  /** @type {Press | undefined} */
  let last
  root.addEventListener('click', event => {
    event.preventDefault()
    last = pressed(event) ?? last
  })
  const began = performance.now()
  const timer = setInterval(() => {
    const told = document.querySelector('[role=dialog], [data-testid=stException]')
    if (performance.now() - began < LATE && !told && !drawn(keys.split(' '))) return
    clearInterval(timer)
    style.fontSize = ''
    host.remove()
    const part = last && document.querySelector(`.st-key-${last.key}`)
    if (part && last) within(part, PRESSED)[last.nth]?.click()
  }, EVERY)
  document.documentElement.append(host)
}
