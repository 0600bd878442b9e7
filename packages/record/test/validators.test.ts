import { fromHex, fromUtf8, toHex, toUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf, sha256 } from '@ts-libp2p/crypto'
import { peerIdFromBytes, peerIdFromPublicKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeValueRecord,
  defaultValidators,
  encodeValueRecord,
  isCurrent,
  isSigned,
  keyBody,
  namespacedKey,
  namespaceOf,
  publicKeyKey,
  RecordError,
  recordScheme,
  selectRecord,
  validateRecord,
  validatorOf
} from '../src/index.ts'
import vectors from './vectors/value-record.json' with { type: 'json' }

const code = (code: string) => expect.objectContaining({ name: 'RecordError', code })
const hex = (bytes: Uint8Array): string => toHex(bytes)

describe('value records', () => {
  it('the vectors are all looked at', () => {
    expect(vectors.cases).toHaveLength(6)
  })

  it.each(vectors.cases)('$id is read', ({ encoded, key, value, time_received }) => {
    const record = decodeValueRecord(fromHex(encoded))
    expect([hex(record.key), hex(record.value)]).toEqual([key, value])
    expect(record.timeReceived).toBe(time_received === '' ? undefined : Date.parse(time_received))
  })

  it.each([
    ['without a time', { key: fromUtf8('/v/A'), value: fromUtf8('value-A') }, '0a042f762f41120776616c75652d41'],
    [
      'with a time to the second',
      { key: fromUtf8('k'), value: fromHex('01'), timeReceived: Date.UTC(2023, 10, 14, 22, 13, 20) },
      '0a016b1201012a14323032332d31312d31345432323a31333a32305a'
    ],
    [
      'with a time to the millisecond',
      { key: fromUtf8('k'), value: fromHex('01'), timeReceived: Date.UTC(2023, 10, 14, 22, 13, 20, 120) },
      '0a016b1201012a17323032332d31312d31345432323a31333a32302e31325a'
    ]
  ])('is written %s as go-libp2p writes it', (_, record, expected) => {
    expect(hex(encodeValueRecord(record))).toBe(expected)
  })

  it('come back as they were', () => {
    const time = fc.option(fc.integer({ min: 0, max: Date.UTC(9999, 11) }), { nil: undefined })
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), time, (key, value, timeReceived) => {
        const record = { key, value, ...(timeReceived === undefined ? {} : { timeReceived }) }
        expect(decodeValueRecord(encodeValueRecord(record))).toEqual(record)
      })
    )
  })

  it.each([
    ['2024-01-02T03:04:05+01:00', Date.UTC(2024, 0, 2, 2, 4, 5)],
    ['1969-12-31T23:59:59.9999Z', -1],
    ['yesterday', undefined],
    ['2024-13-02T03:04:05Z', undefined]
  ])('the time %s is read as %s', (text, expected) => {
    const bytes = fromUtf8(`\x2a${String.fromCharCode(text.length)}${text}`)
    expect(decodeValueRecord(bytes).timeReceived).toBe(expected)
  })

  it('broken bytes throw', () => {
    expect(() => decodeValueRecord(fromHex('0aff'))).toThrow(code('malformed'))
  })
})

describe('keys', () => {
  it.each([
    ['/ipns/x', 'ipns', 'x'],
    ['/pk/a/b', 'pk', 'a/b'],
    ['/v/', 'v', ''],
    ['/v', undefined, ''],
    ['//x', undefined, ''],
    ['v/x', undefined, ''],
    ['', undefined, ''],
    ['/ v/x', undefined, ''],
    ['/é/x', undefined, ''],
    [`/${'n'.repeat(64)}/x`, 'n'.repeat(64), 'x'],
    [`/${'n'.repeat(65)}/x`, undefined, '']
  ])('%s is of the namespace %s', (text, namespace, body) => {
    expect(namespaceOf(fromUtf8(text))).toBe(namespace)
    expect(toUtf8(keyBody(fromUtf8(text)))).toBe(body)
  })

  it('are put together as they are taken apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,64}$/), fc.uint8Array(), (namespace, body) => {
        const key = namespacedKey(namespace, body)
        expect([namespaceOf(key), keyBody(key)]).toEqual([namespace, body])
      })
    )
  })

  it.each(['/nothing/x', '/constructor/x', '/__proto__/x', 'x'])('%s has no validator', async text => {
    const key = fromUtf8(text)
    expect(() => validatorOf(defaultValidators, key)).toThrow(code('unknown-namespace'))
    expect(() => selectRecord(defaultValidators, key, [key])).toThrow(code('unknown-namespace'))
    await expect(validateRecord(defaultValidators, key, key, 0)).rejects.toEqual(code('unknown-namespace'))
  })
})

describe('/pk', () => {
  const validate = (key: Uint8Array, value: Uint8Array): Promise<void> =>
    validateRecord(defaultValidators, key, value, 0)

  it.each(['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const)('takes the key of the peer: %s', async type => {
    const { publicKey } = await generateKeyPair(type as 'Ed25519')
    const value = publicKeyToProtobuf(publicKey)
    const id = peerIdFromPublicKey(publicKey)
    const key = publicKeyKey(id)
    expect(key).toEqual(new Uint8Array([...fromUtf8('/pk/'), ...peerIdToBytes(id)]))
    await validate(key, value)
    expect(selectRecord(defaultValidators, key, [value, value])).toBe(0)
  })

  it('takes a short key under its hash: old nodes have such ids', async () => {
    const value = publicKeyToProtobuf((await generateKeyPair('Ed25519')).publicKey)
    await validate(publicKeyKey(peerIdFromBytes(new Uint8Array([0x12, 0x20, ...sha256(value)]))), value)
  })

  it('refuses the key of another, bytes that are no key, keys that are no peer id', async () => {
    const [a, b] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
    const key = publicKeyKey(peerIdFromPublicKey(a.publicKey))
    await expect(validate(key, publicKeyToProtobuf(b.publicKey))).rejects.toEqual(code('wrong-key'))
    await expect(validate(key, fromHex('0801'))).rejects.toEqual(code('malformed'))
    await expect(validate(fromUtf8('/pk/x'), publicKeyToProtobuf(a.publicKey))).rejects.toEqual(code('wrong-key'))
    expect(() => selectRecord(defaultValidators, key, [])).toThrow(code('malformed'))
  })
})

describe('a scheme of our own', async () => {
  interface Note {
    from: number
    until: number
    sequence: number
    text: string
    signature: Uint8Array
  }
  const { publicKey, ...privateKey } = await (async () => {
    const key = await generateKeyPair('Ed25519')
    return { publicKey: key.publicKey, sign: (data: Uint8Array) => key.sign(data) }
  })()
  const head = ({ from, until, sequence, text }: Omit<Note, 'signature'>): string =>
    [from, until, sequence, text].join(' ')
  const write = async (note: Omit<Note, 'signature'>): Promise<Uint8Array> =>
    fromUtf8(`${head(note)} ${hex(await privateKey.sign(fromUtf8(head(note))))}`)
  const note = recordScheme<Note>({
    parse(_key, value) {
      const [from, until, sequence, text, signature] = toUtf8(value).split(' ')
      if (text === undefined || signature === undefined) throw new RecordError('malformed', 'not a note')
      return {
        from: Number(from),
        until: Number(until),
        sequence: Number(sequence),
        text,
        signature: fromHex(signature)
      }
    },
    checks: [
      isCurrent(note => note),
      isSigned(note => ({ publicKey, signedBytes: fromUtf8(head(note)), signature: note.signature }))
    ],
    order: [note => note.sequence, note => note.until]
  })
  const validators = { ...defaultValidators, note }
  const key = fromUtf8('/note/1')
  const good = await write({ from: 10, until: 20, sequence: 1, text: 'hello' })

  it.each([
    [9, 'not-yet-valid'],
    [10, undefined],
    [19, undefined],
    [20, 'expired']
  ])('at %d: %s', async (now, expected) => {
    const outcome = validateRecord(validators, key, good, now).catch((error: RecordError) => error.code)
    expect(await outcome).toBe(expected)
  })

  it('a changed record is refused', async () => {
    const forged = fromUtf8(toUtf8(good).replace('hello', 'hullo'))
    await expect(validateRecord(validators, key, forged, 15)).rejects.toEqual(code('bad-signature'))
  })

  it('the newest wins; ends without a date are no error', async () => {
    const newer = await write({ from: 0, until: Number.POSITIVE_INFINITY, sequence: 2, text: 'hi' })
    expect(selectRecord(validators, key, [good, newer])).toBe(1)
    const never = recordScheme({ parse: () => ({}), checks: [isCurrent(() => ({ until: 0 }))], order: [] })
    await expect(never.validate(key, good, Number.MAX_VALUE)).rejects.toEqual(code('expired'))
  })
})
