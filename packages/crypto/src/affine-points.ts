import { type Curve, toNumber } from './points.ts'

/** Whether `x` and `y`, of the same length, are a point. These groups have prime order: any point will do. */
export function isPoint({ p, a, b }: Curve, coordinates: Uint8Array): boolean {
  const middle = coordinates.byteLength / 2
  const [x, y] = [toNumber(coordinates.subarray(0, middle)), toNumber(coordinates.subarray(middle))]
  return x < p && y < p && (y ** 2n - (x ** 3n + a * x + b)) % p === 0n
}
