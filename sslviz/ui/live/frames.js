// Frames of bytes, as frames.py packs them: [length of the header, header as JSON, arrays].

/**
 * Take a frame apart.
 * @param {Uint8Array} data
 * @returns {{ header: any, bytes: Uint8Array, at: number }} the header, and the bytes with the place where arrays begin
 */
export function unframe(data) {
  const bytes = data.slice() // a copy starts on an aligned address
  const length = new DataView(bytes.buffer).getInt32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  return { header, bytes, at: 4 + length }
}

/**
 * Whether two frames are the same.
 * @param {Uint8Array | undefined} one
 * @param {Uint8Array} other
 */
export const same_bytes = (one, other) => one?.length === other.length && one.every((byte, k) => byte === other[k])

/**
 * Bytes that came as text in base64.
 * @param {string} text
 */
export function bytes_of(text) {
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i)
  return bytes
}
