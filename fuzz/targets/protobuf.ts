import { ProtoReader, readFixed64 } from '@ts-libp2p/bytes'
import { identifyMessages } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** The protobuf reader itself, asked for every kind of field in any order. */
export const target: Target = {
  name: 'protobuf',
  seeds: identifyMessages,
  run(input, random) {
    const reader = new ProtoReader(input)
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      const read = random.pick(['uint32', 'bool', 'uint64', 'fixed64', 'bytes', 'string', 'skip'] as const)
      if (read === 'skip') reader.skip(tag)
      else if (read === 'fixed64') readFixed64(reader)
      else reader[read]()
    }
  }
}
