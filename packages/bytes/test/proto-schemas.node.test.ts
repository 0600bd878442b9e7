import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import Long from 'long'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { toHex } from '../src/index.ts'

// It looks for the package itself, and does not find it from everywhere.
protobuf.util.Long = Long
protobuf.configure()

/** A generated message. */
interface Codec {
  encode(message: unknown): { finish(): Uint8Array }
  decode(bytes: Uint8Array): unknown
}
type Fields = Record<string, unknown>

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDERS = [
  ...readdirSync(`${WORKSPACE}packages`).map(name => `packages/${name}/src/pb/`),
  'packages/bytes/test/pb/'
]
const PATHS = FOLDERS.filter(folder => existsSync(WORKSPACE + folder)).flatMap(folder =>
  readdirSync(WORKSPACE + folder).flatMap(file => (file.endsWith('.proto') ? [folder + file] : []))
)

/** Every message of every schema in the workspace, with the library's own reader and writer of it. */
const messages = await Promise.all(
  PATHS.sort().map(async path => {
    const { root } = protobuf.parse(readFileSync(WORKSPACE + path, 'utf8'), new protobuf.Root())
    root.resolveAll()
    const generated = (await import(WORKSPACE + path.replace(/\.proto$/, '.js'))) as Record<string, Codec>
    return typesIn(root).map(type => ({ path, name: type.fullName, type, codec: codecOf(generated, type) }))
  })
).then(lists => lists.flat())

function typesIn(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap(entry => {
    const own = entry instanceof protobuf.Type ? [entry] : []
    return entry instanceof protobuf.Namespace ? [...own, ...typesIn(entry)] : own
  })
}

function codecOf(generated: Record<string, Codec>, type: protobuf.Type): Codec {
  const above = type.parent instanceof protobuf.Type ? codecOf(generated, type.parent) : generated
  return (above as Record<string, Codec>)[type.name] as Codec
}

const INTEGERS = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const uint64 = fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n))

function arbitraryOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  if (field.resolvedType instanceof protobuf.Type) return messageOf(field.resolvedType)
  if (field.resolvedType instanceof protobuf.Enum) return fc.constantFrom(...Object.values(field.resolvedType.values))
  const scalars: Record<string, fc.Arbitrary<unknown>> = {
    bool: fc.boolean(),
    uint32: INTEGERS,
    int32: INTEGERS.map(value => value | 0),
    uint64,
    int64: uint64.map(value => BigInt.asIntN(64, value)),
    fixed64: uint64,
    string: fc.string({ unit: 'grapheme', maxLength: 80 }),
    bytes: fc.uint8Array({ maxLength: 200 })
  }
  return scalars[field.type] as fc.Arbitrary<unknown>
}

/** What may be given to `encode`; of a `oneof` one at most. */
function messageOf(type: protobuf.Type): fc.Arbitrary<Fields> {
  const model: Record<string, fc.Arbitrary<unknown>> = {}
  for (const field of type.fieldsArray) {
    model[field.name] = field.repeated ? fc.array(arbitraryOf(field), { maxLength: 4 }) : arbitraryOf(field)
  }
  const choices = type.oneofsArray.filter(({ fieldsArray }) => fieldsArray.length > 1)
  return fc.tuple(fc.record(model, { requiredKeys: [] }), fc.nat()).map(([fields, chosen]) => {
    for (const { oneof } of choices) {
      for (const [i, name] of oneof.entries()) if (i !== chosen % oneof.length) delete fields[name]
    }
    return fields
  })
}

/** 64-bit numbers as the library takes them. */
function forLibrary(type: protobuf.Type, message: Fields): Fields {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => {
      const { resolvedType } = type.fields[name] as protobuf.Field
      const one = (item: unknown): unknown => {
        if (typeof item === 'bigint') return Long.fromString(`${BigInt.asUintN(64, item)}`, true)
        return resolvedType instanceof protobuf.Type ? forLibrary(resolvedType, item as Fields) : item
      }
      return [name, Array.isArray(value) ? value.map(one) : one(value)]
    })
  )
}

/** What the library read, as our reader gives it. */
function asOurs(type: protobuf.Type, message: protobuf.Message): Fields {
  const own = message as unknown as Fields
  const entries = type.fieldsArray.map(field => {
    const one = (item: unknown): unknown => {
      if (Long.isLong(item)) return BigInt(item.toString())
      if (field.type === 'bytes') return new Uint8Array(item as ArrayLike<number>)
      return field.resolvedType instanceof protobuf.Type ? asOurs(field.resolvedType, item as protobuf.Message) : item
    }
    const value = own[field.name]
    const isAbsent = value === null || (field.hasPresence && !Object.hasOwn(own, field.name))
    if (isAbsent) return [field.name, undefined]
    return [field.name, Array.isArray(value) && field.repeated ? value.map(one) : one(value)]
  })
  return Object.fromEntries(entries)
}

type Outcome = { readonly read: unknown } | 'refused'

function outcome(read: () => unknown): Outcome {
  try {
    return { read: read() }
  } catch {
    return 'refused'
  }
}

/** Cuts, doubles, changes and joins. */
const damaged = (bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(bytes, bytes, fc.nat(), fc.nat(255), fc.constantFrom('cut', 'join', 'set', 'insert'))
    .map(([first, second, place, byte, how]) => {
      const at = place % (first.byteLength + 1)
      if (how === 'cut') return first.slice(0, at)
      if (how === 'join') return Uint8Array.of(...first, ...second)
      return Uint8Array.of(...first.slice(0, at), byte, ...first.slice(how === 'set' ? at + 1 : at))
    })

describe.each(messages)('$name of $path, as protobufjs has it', ({ type, codec }) => {
  it('is written to the same bytes', () => {
    fc.assert(
      fc.property(messageOf(type), message => {
        const expected = type.encode(forLibrary(type, message)).finish()
        expect(toHex(codec.encode(message).finish())).toBe(toHex(expected))
      })
    )
  })

  it('is read to the same message, or refused, whatever happened to it on the way', () => {
    const encoded = messageOf(type).map(message => codec.encode(message).finish())
    fc.assert(
      fc.property(fc.oneof(encoded, damaged(encoded), fc.uint8Array({ maxLength: 40 })), bytes => {
        const expected = outcome(() => asOurs(type, type.decode(bytes)))
        expect(outcome(() => codec.decode(bytes))).toEqual(expected)
      }),
      { numRuns: 300 }
    )
  })
})
