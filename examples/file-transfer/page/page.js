// A node in the page: dials the process that served it, and sends it what is dropped.
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { send } from './send.js'
import { showTransfer } from './transfer.js'

const [peer, drop, files] = ['peer', 'drop', 'files'].map(id => document.getElementById(id))

const addresses = (await (await fetch('addresses')).json()).map(address => multiaddr(address))
const node = await createLibp2p()
node.addEventListener('peer:disconnect', () => show('off', 'the receiver is gone: files dropped now dial it again'))
await dial().catch(err => show('off', err.message))

files.addEventListener('change', () => {
  for (const file of files.files) void transfer(file)
  files.value = ''
})
for (const type of ['dragenter', 'dragover']) {
  document.addEventListener(type, event => {
    event.preventDefault()
    drop.classList.add('over')
  })
}
for (const type of ['dragleave', 'drop']) document.addEventListener(type, () => drop.classList.remove('over'))
document.addEventListener('drop', event => {
  event.preventDefault()
  for (const file of event.dataTransfer.files) void transfer(file)
})

/** Answers the connection there is, or a new one. */
async function dial() {
  const connection = await node.dial(addresses)
  show('on', `connected to ${connection.remotePeer} by ${connection.encryption} and ${connection.multiplexer}`)
  return connection
}

async function transfer(file) {
  const shown = showTransfer(file)
  try {
    shown.done(await send(await dial(), file, shown.progress))
  } catch (err) {
    shown.failed(err)
  }
}

function show(state, text) {
  peer.className = state
  peer.textContent = text
}
