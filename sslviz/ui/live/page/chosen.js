// The view that was chosen last, lesson or lab. It is a cookie, since the server must know it before it draws.
const YEAR = 31_536_000 // s

/** @param {string} name */
export function remember_view(name) {
  if (name !== 'lesson' && name !== 'lab') return
  document.cookie = `sslviz_view=${name}; path=/; max-age=${YEAR}; SameSite=Lax`
}
