import { toHex } from '@ts-libp2p/bytes'
import { decodeValueRecord, encodeValueRecord } from '@ts-libp2p/record'
import type { Core } from '../core.ts'
import { keyOf } from '../key.ts'
import { StoredKey, StoredProvider } from '../pb/stored.js'
import type { OwnKey, OwnRecordsEvents } from '../reprovide/own-records.ts'
import type { ProviderRecord, ProviderRecordsInit } from '../server/provider-records.ts'
import type { ValueRecordsInit } from '../server/value-records.ts'
import type { Disk } from './disk.ts'

/** What is kept, by the beginning of its names. */
const KINDS = { provider: 'provider', value: 'value', provided: 'own/provided', put: 'own/put' } as const

/** Keeps all records of a DHT node on disk, as they come and go. */
export class RecordsOnDisk {
  readonly providers: Pick<ProviderRecordsInit, 'onAdd' | 'onRemove'> = {
    onAdd: record => this.store(providerName(record), encodeProvider(record)),
    onRemove: record => this.disk.set(providerName(record), undefined)
  }
  readonly values: Pick<ValueRecordsInit, 'onPut' | 'onRemove'> = {
    onPut: record => this.store(nameOf('value', record.key), encodeValueRecord(record)),
    onRemove: ({ key }) => this.disk.set(nameOf('value', key), undefined)
  }
  readonly own: OwnRecordsEvents = {
    onKey: record => this.store(nameOf('provided', record.key), encodeKey(record)),
    onKeyGone: key => this.disk.set(nameOf('provided', key), undefined),
    onValue: ({ key, value, at }) =>
      this.store(nameOf('put', key), encodeValueRecord({ key, value, timeReceived: at })),
    onValueGone: key => this.disk.set(nameOf('put', key), undefined)
  }
  private readonly disk: Disk
  private isRestoring = false

  constructor(disk: Disk) {
    this.disk = disk
  }

  /** Takes in what is on disk. What cannot be read, or has expired, is removed there. Rejects with a `KadError` (`storage`). */
  async restore({ providers, values, own }: Core, now: number): Promise<void> {
    await this.each('provider', bytes => {
      const record = decodeProvider(bytes)
      if (now < record.expiresAt) providers.restore(record)
      return now < record.expiresAt
    })
    await this.each('value', bytes => {
      const { key, value, timeReceived = 0 } = decodeValueRecord(bytes)
      if (values.get(key, now) === undefined) values.put({ key, value, timeReceived })
      return values.get(key, now) !== undefined
    })
    await this.each('provided', bytes => {
      const { key, at } = StoredKey.decode(bytes)
      own.provide(key, Number(at))
      return true
    })
    await this.each('put', bytes => {
      const { key, value, timeReceived = 0 } = decodeValueRecord(bytes)
      own.keep(key, value, timeReceived)
      return true
    })
  }

  start(): void {
    this.disk.start()
  }

  stop(): Promise<void> {
    return this.disk.stop()
  }

  /** What comes from disk need not go there again. */
  private store(name: string, bytes: Uint8Array): void {
    if (!this.isRestoring) this.disk.set(name, bytes)
  }

  private async each(kind: keyof typeof KINDS, take: (bytes: Uint8Array) => boolean): Promise<void> {
    for await (const [name, bytes] of this.disk.load(`${KINDS[kind]}/`)) {
      if (!this.takes(bytes, take)) this.disk.set(name, undefined)
    }
  }

  private takes(bytes: Uint8Array, take: (bytes: Uint8Array) => boolean): boolean {
    this.isRestoring = true
    try {
      return take(bytes)
    } catch {
      return false
    } finally {
      this.isRestoring = false
    }
  }
}

/** Names are hashes: keys are long and binary, and some datastores make file names of names. */
function nameOf(kind: keyof typeof KINDS, key: Uint8Array): string {
  return `${KINDS[kind]}/${toHex(keyOf(key))}`
}

function providerName({ key, provider }: ProviderRecord): string {
  return `${nameOf('provider', key)}/${provider}`
}

function encodeProvider({ key, provider, wire, group, expiresAt }: ProviderRecord): Uint8Array {
  const fields = { key, provider, wire, group: group ?? '', expiresAt: Math.round(expiresAt) }
  return new Uint8Array(StoredProvider.encode(fields).finish())
}

function decodeProvider(bytes: Uint8Array): ProviderRecord {
  const { key, provider, wire, group, expiresAt } = StoredProvider.decode(bytes.slice())
  return { key, provider, wire, group: group === '' ? undefined : group, expiresAt: Number(expiresAt) }
}

function encodeKey({ key, at }: OwnKey): Uint8Array {
  return new Uint8Array(StoredKey.encode({ key, at: Math.round(at) }).finish())
}
