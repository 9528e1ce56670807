// What jsdom lacks and the views need: no layout, so sizes are said by the tests, and a canvas that only takes notes.
import { beforeEach, vi } from 'vitest'

const LETTER = 8 // px of any letter

globalThis.ResizeObserver = class {
  constructor(told) {
    this.told = told
  }
  observe() {
    this.told()
  }
  disconnect() {}
}
globalThis.matchMedia = () => ({ matches: true })
globalThis.ImageData = class {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) })
  }
}
globalThis.createImageBitmap = async () => ({})

HTMLCanvasElement.prototype.getContext = function () {
  const ignored = () => undefined
  this.context ??= new Proxy(
    { measureText: text => ({ width: LETTER * text.length }) },
    { get: (known, name) => known[name] ?? ignored, set: () => true },
  )
  return this.context
}

beforeEach(() => {
  document.body.replaceChildren()
  localStorage.clear()
  vi.useRealTimers()
})
