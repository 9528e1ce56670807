// A page with one view on it, as Streamlit has it: a node with `.root` in it, and what the view tells.

/** Put a view on the page. `send` gives it the next data; `told` is what it told, the newest last. */
export function open(view, data, { width = 0 } = {}) {
  const parentElement = document.createElement('div')
  const root = document.createElement('div')
  root.className = 'root'
  Object.defineProperty(root, 'clientWidth', { get: () => page.width })
  parentElement.append(root)
  document.body.append(parentElement)
  const told = []
  const page = {
    root,
    told,
    width,
    send(next) {
      const tell = (_, value) => told.push(value)
      page.close = view({ data: next, parentElement, setTriggerValue: tell, setStateValue: tell })
      return page
    },
    find: selector => root.querySelector(selector),
    all: selector => [...root.querySelectorAll(selector)],
    texts: selector => [...root.querySelectorAll(selector)].map(node => node.textContent),
    key(node, key, more = {}) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
      node.dispatchEvent(event)
      return event.defaultPrevented
    },
  }
  return page.send(data)
}

/** A frame of bytes as frames.py packs it: header, then arrays. */
export function pack(header, ...arrays) {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const padded = Math.ceil(text.length / 4) * 4
  const parts = arrays.map(array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  const bytes = new Uint8Array(4 + padded + parts.reduce((sum, part) => sum + part.length, 0)).fill(32)
  new DataView(bytes.buffer).setInt32(0, padded, true)
  bytes.set(text, 4)
  let at = 4 + padded
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
