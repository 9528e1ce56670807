// The page as it is drawn, as HTML that needs no script: its nodes with their shadow roots, each with the rules it needs.
async deep => {
  const DROPPED = new Set(['SCRIPT', 'STYLE', 'IFRAME', 'LINK', 'NOSCRIPT', 'TEMPLATE'])
  const EMPTY = new Set(['img', 'input', 'br', 'hr', 'col', 'source', 'wbr'])
  const STATE = /:(hover|focus|focus-visible|focus-within|active|visited|disabled|target)(?![\w-])/
  const DRAWN =
    /::?(before|after|placeholder|marker|selection|backdrop|file-selector-button|-webkit-[\w-]+|-moz-[\w-]+)/g
  const OUTSIDE = /(^|[\s>+~])(html|body|:root)\b/ // of what is laid over the page
  const GROUND = ['font-family', 'font-size', 'font-weight', 'color', 'background-color', '-webkit-font-smoothing']

  const fits = (root, selector) =>
    selector.split(/,(?![^(]*\))/).some(one => {
      if (STATE.test(one.replace(/:not\([^)]*\)/g, '')) || OUTSIDE.test(one.trim())) return false
      try {
        return root.querySelector(one.replace(DRAWN, '').trim() || '*') !== null
      } catch {
        return true
      }
    })
  const needed = (rules, root) => [...rules].map(rule => needed_of(rule, root)).join('')
  const needed_of = (rule, root) => {
    if (rule instanceof CSSStyleRule) {
      const host = root instanceof ShadowRoot && rule.selectorText.includes(':host')
      return host || fits(root, rule.selectorText) ? rule.cssText : ''
    }
    if (rule instanceof CSSKeyframesRule) return rule.cssText
    if (rule instanceof CSSFontFaceRule || !rule.cssRules) return ''
    const inside = needed(rule.cssRules, root)
    return inside && `${rule.cssText.slice(0, rule.cssText.indexOf('{'))}{${inside}}`
  }
  // What moves on the page stands at its beginning, or at its end for who wants nothing to move.
  const STILL =
    '*{transition:none!important;animation-play-state:paused!important;animation-delay:0s!important}' +
    '@media (prefers-reduced-motion:reduce){*{animation:none!important}}'
  const style_of = root => {
    const rules = [...root.styleSheets, ...root.adoptedStyleSheets].map(sheet => needed(sheet.cssRules, root))
    return `<style>${rules.join('')}${STILL}</style>`
  }

  const text = value => value.replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign])
  const quoted = value => value.replace(/[&"]/g, sign => ({ '&': '&amp;', '"': '&quot;' })[sign])
  const as_data = async address => {
    if (address.startsWith('data:')) return address
    const blob = await (await fetch(address)).blob()
    const reader = new FileReader()
    await new Promise(done => {
      reader.onload = done
      reader.readAsDataURL(blob)
    })
    return reader.result
  }

  const keys = new Set()
  const key_of = node => /(?:^| )st-key-(\S+)/.exec(node.closest('[class*="st-key-"]')?.className ?? '')?.[1]
  /** Name and attributes of an element; what was drawn by a script is a picture. */
  const opened = async node => {
    const name = node instanceof SVGElement ? node.tagName : node.tagName.toLowerCase()
    const held = Object.fromEntries(
      [...node.attributes].filter(one => !one.name.startsWith('on')).map(one => [one.name, one.value]),
    )
    if (name === 'img') held.src = await as_data(node.currentSrc || node.src)
    if (name === 'input') held.value = node.value
    if (name === 'audio' || name === 'video') delete held.src
    if (name !== 'canvas') return [name, held]
    const { width, height } = getComputedStyle(node)
    // A map of a thousand points is a photo; a picture of 32 by 32 points must stay as it is.
    const kind = parseFloat(width) > 250 && node.width > 250 ? ['image/webp', 0.85] : []
    const style = `${held.style ?? ''};width:${width};height:${height}`
    return ['img', { ...held, src: node.toDataURL(...kind), style }]
  }
  /** Note a part that the page must have drawn before the look may go. */
  const note = node => {
    const filled = node.tagName === 'BUTTON' || node.shadowRoot?.querySelector('.root')?.firstChild
    const key = filled && key_of(node)
    if (key) keys.add(key)
  }
  const write = async node => {
    if (node.nodeType === Node.TEXT_NODE) return text(node.data)
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return ''
    const there = node.getClientRects().length > 0
    if (there && node.getBoundingClientRect().top > deep) return ''
    if (there) note(node)
    const [name, held] = await opened(node)
    const attributes = Object.entries(held).map(([one, value]) => ` ${one}="${quoted(value)}"`)
    const opening = `<${name}${attributes.join('')}>`
    if (EMPTY.has(name)) return opening
    const inside = []
    if (node.shadowRoot) {
      inside.push('<template shadowrootmode="open">', style_of(node.shadowRoot))
      for (const child of node.shadowRoot.childNodes) inside.push(await write(child))
      inside.push('</template>')
    }
    for (const child of node.childNodes) inside.push(await write(child))
    return `${opening}${inside.join('')}</${name}>`
  }

  const body = getComputedStyle(document.body)
  const lines = parseFloat(body.lineHeight) / parseFloat(body.fontSize) // of its own letters, whatever size they have
  const ground = [...GROUND.map(name => `${name}:${body.getPropertyValue(name)}`), `line-height:${lines}`].join(';')
  const page = await write(document.querySelector('#root'))
  const rem = getComputedStyle(document.documentElement).fontSize
  const laid = `:host{position:fixed;inset:0;overflow:hidden;z-index:999999;background:${body.backgroundColor}}`
  return `<style>${laid}</style>${style_of(document)}<div data-keys="${[...keys].join(' ')}" data-rem="${rem}" style="${quoted(ground)}">${page}</div>`
}
