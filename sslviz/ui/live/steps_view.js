// One training step in slow motion: six numbered callouts, the active one in ink, the earlier ones filled.
const NAMES = { draw: 'Draw', change: 'Change', forward: 'Forward', loss: 'Loss', gradient: 'Gradient', update: 'Update' }

export default function ({ data, parentElement, setTriggerValue }) {
  let view = parts.get(parentElement)
  if (!view) parts.set(parentElement, view = { root: parentElement.querySelector('.root'), text: '' })
  view.go = index => { if (index >= 0 && index < data.phases.length) setTriggerValue('event', { kind: 'go', index }) }
  const text = JSON.stringify(data)
  if (text === view.text) return
  view.text = text
  const held = view.root.contains(view.root.getRootNode().activeElement), list = make('ol'), said = make('p', 'said-only', '', { role: 'status' })
  data.phases.forEach((phase, i) => {
    const item = make('li', i < data.active ? 'done' : i === data.active ? 'active' : ''), button = make('button', '', '', { type: 'button', onclick: () => view.go(i) })
    const title = make('span', 'title'), numbers = make('dl')
    title.append(make('b', '', i + 1), NAMES[phase.name] ?? phase.name)
    button.append(title)
    if (i === data.active) button.setAttribute('aria-current', 'step')
    button.onkeydown = e => {
      const by = ARROWS[e.key]
      if (by) { e.preventDefault(); view.go(i + by) }
    }
    item.append(button)
    if (i <= data.active) {                        // what has not happened yet has no numbers yet
      for (const [name, value] of phase.numbers) { const pair = make('div'); pair.append(make('dt', '', name), make('dd', '', value)); numbers.append(pair) }
      item.append(make('p', '', phase.text), numbers)
      if (i === data.active) said.textContent = `${i + 1}, ${NAMES[phase.name] ?? phase.name}: ${phase.text}`
    }
    list.append(item)
  })
  view.root.replaceChildren(heading('One training step, slowly', data.playing ? 'playing; click a phase to stop there' : 'click a phase, or use the arrow keys'), list, said)
  if (held) list.children[data.active]?.querySelector('button').focus({ preventScroll: true })
}
