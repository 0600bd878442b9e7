import type { Measurements, PingTimes } from './dial.ts'
import { type Statistics, statistics } from './statistics.ts'

/** test-plans reads `pingRTTMilllis`, with three l. */
export function pingAsJson({ handshakePlusOneRttMs, pingRttMs }: PingTimes): string {
  return JSON.stringify({ handshakePlusOneRTTMillis: handshakePlusOneRttMs, pingRTTMilllis: pingRttMs })
}

export function pingAsYaml({ handshakePlusOneRttMs, pingRttMs }: PingTimes): string {
  return [
    'latency:',
    `  handshake_plus_one_rtt: ${handshakePlusOneRttMs.toFixed(3)}`,
    `  ping_rtt: ${pingRttMs.toFixed(3)}`,
    '  unit: ms'
  ].join('\n')
}

export function measurements({ uploadGbps, downloadGbps, latencyMs }: Measurements): string {
  return [
    ...section('upload', statistics(uploadGbps), 2, 'Gbps'),
    ...section('download', statistics(downloadGbps), 2, 'Gbps'),
    ...section('latency', statistics(latencyMs), 3, 'ms')
  ].join('\n')
}

function section(name: string, { samples, outliers, ...five }: Statistics, decimals: number, unit: string): string[] {
  const list = (values: readonly number[]): string => `[${values.map(value => value.toFixed(decimals)).join(', ')}]`
  return [
    `${name}:`,
    `  iterations: ${samples.length}`,
    ...Object.entries(five).map(([key, value]) => `  ${key}: ${value.toFixed(decimals)}`),
    `  outliers: ${list(outliers)}`,
    `  samples: ${list(samples)}`,
    `  unit: ${unit}`
  ]
}
