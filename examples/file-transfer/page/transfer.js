const [list, template] = ['transfers', 'transfer'].map(id => document.getElementById(id))

/** A line for a file on its way, the newest first. */
export function showTransfer({ name, size }) {
  const item = template.content.firstElementChild.cloneNode(true)
  const part = selector => item.querySelector(selector)
  const startedAt = performance.now()
  part('.name').textContent = name
  part('.state').textContent = 'on its way'
  part('.size').textContent = bytes(size)
  list.prepend(item)
  const end = (state, text) => {
    item.className = state
    part('.state').textContent = text
  }
  return {
    progress(received) {
      part('progress').value = size === 0 ? 1 : received / size
      part('.speed').textContent = `${bytes((1000 * received) / (performance.now() - startedAt))}/s`
    },
    done: sha256 => end('done', `received, SHA-256 ${sha256}`),
    failed: err => end('failed', err.message)
  }
}

function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}
