/**
 * Five processes find each other on the local network, with nothing configured; one stores a record and announces content,
 * another finds and checks both; then they chat.
 */
import { MemberProcess } from './member-process.ts'
import type { Told } from './questions.ts'

const MEMBERS = 5
/** Multicast is answered within a second or two, on a machine with nothing else to do. Where it is off, one address has to be known. */
const DISCOVERY_MS = 30_000
const CONTENT = 'The network is the people in it.'

const shortly = (peer: string): string => `…${peer.slice(-6)}`
const indented = (text: string): string => text.replaceAll(/^/gm, '    ')
type Print = (line: string) => void

export interface NetworkOptions {
  /** False plays a network that carries no multicast. Default true. */
  readonly hasMulticast?: boolean
  /** Gets what happens, a line or a few at a time. Default: it is printed. */
  readonly print?: Print
}

export async function runNetwork({ hasMulticast = true, print = console.log }: NetworkOptions = {}): Promise<void> {
  const options = hasMulticast ? [] : ['--no-multicast']
  const members = Array.from({ length: MEMBERS }, () => new MemberProcess(options))
  try {
    const peers = await Promise.all(members.map(member => member.ask('who', {})))
    print(`  peers          ${peers.map(({ peer }) => shortly(peer)).join('  ')}`)
    await meet(members, peers[0]?.addresses[0] as string, hasMulticast ? DISCOVERY_MS : 0, print)
    await publishAndFind(
      members[0] as MemberProcess,
      members[MEMBERS - 1] as MemberProcess,
      peers[0]?.peer as string,
      print
    )
    await chat(members, print)
  } finally {
    await Promise.all(members.map(member => member.stop()))
  }
}

async function meet(
  members: readonly MemberProcess[],
  address: string,
  discoveryMs: number,
  print: Print
): Promise<void> {
  const met = Promise.all(members.map(member => member.ask('met', { count: MEMBERS - 1 })))
  met.catch(() => {}) // Reported below.
  const byMulticast = await Promise.race([met.then(() => true), after(discoveryMs)])
  if (byMulticast !== true) {
    print(`  multicast      is off here: everybody is told one address, ${address}`)
    await Promise.all(members.slice(1).map(member => member.ask('bootstrap', { address, count: MEMBERS - 1 })))
  }
  const firstOfAll = (await met).map(told => lastOf(told))
  print(`  all connected  ${(Math.max(...firstOfAll) / 1000).toFixed(2)} s after they started`)
}

const lastOf = (told: readonly Told[]): number => Math.max(...told.map(({ afterMs }) => afterMs))

async function publishAndFind(author: MemberProcess, finder: MemberProcess, peer: string, print: Print): Promise<void> {
  const { cid, picture } = await author.ask('publish', { content: CONTENT })
  print(`  ${shortly(peer)}  signed a record that names ${cid.slice(0, 16)}…, stored it, and announced the content`)
  print(indented(picture))
  const { value, content, pictures } = await finder.ask('find', { author: peer })
  if (value !== `/ipfs/${cid}` || content !== CONTENT) throw new Error(`found ${value} and “${content}”`)
  print(
    '  another        found the record by its author, checked its signature, found who has the content, and got it:'
  )
  print(`                 “${content}”`)
  for (const asked of pictures) print(indented(asked))
}

async function chat(members: readonly MemberProcess[], print: Print): Promise<void> {
  const words = ['hello', 'anybody here?', 'four of us', 'five', 'good evening']
  for (const [i, member] of members.entries()) await member.ask('say', { words: words[i] as string })
  const heard = await Promise.all(members.map(member => member.ask('chatter', { count: MEMBERS - 1 })))
  print('  chat, as the first of them hears it')
  for (const line of heard[0] ?? []) print(`    ${line}`)
  print(`  messages       ${heard.flat().length} delivered, ${MEMBERS} said, each heard once by each of the others`)
}

function after(ms: number): Promise<false> {
  return new Promise(resolve => setTimeout(() => resolve(false), ms).unref())
}
