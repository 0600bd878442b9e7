import { fromUtf8 } from '@ts-libp2p/bytes'
import { parseListing } from '../../packages/record-store/src/media/s3-answers.ts'
import type { Target } from '../src/target.ts'

/** The answer of an object store to the question what there is. */
export const target: Target = {
  name: 's3-listing',
  seeds: () => [
    fromUtf8(
      '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a&amp;b&#x41;</Key></Contents></ListBucketResult>'
    )
  ],
  run: input => void parseListing(new TextDecoder().decode(input))
}
