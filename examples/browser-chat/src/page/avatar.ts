/** A face for a peer id: its own hue, and a pattern of five by five that is the same on both sides. */
const SIZE = 5

export function hueOf(peerId: string): number {
  return hash(peerId) % 360
}

export function avatar(peerId: string): string {
  const hue = hueOf(peerId)
  const bits = hash(`${peerId}!`)
  const cells: string[] = []
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const column = Math.min(x, SIZE - 1 - x)
      if ((bits >>> (y * 3 + column)) & 1) cells.push(`M${x} ${y}h1v1h-1z`)
    }
  }
  return `<svg class="avatar" viewBox="-1.4 -1.4 7.8 7.8" style="--hue:${hue}" aria-hidden="true">
    <rect x="-1.4" y="-1.4" width="7.8" height="7.8" rx="2.4"/><path d="${cells.join('')}"/></svg>`
}

/** FNV-1a, stirred. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (const char of text) h = Math.imul(h ^ char.charCodeAt(0), 0x01000193)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}
