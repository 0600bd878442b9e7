// biome-ignore-all lint/suspicious/noExplicitAny: the ecosystem's contract, which these shapes must equal, has it so
import type { MultiaddrConnection } from './connection.ts'
import type { Stream } from './stream.ts'

export interface MetricOptions {
  /** What the values are of, e.g. `bytes`. */
  label?: string
  /** A sentence that says what is measured. */
  help?: string
}

export type CalculateMetric<T = number> = (() => T) | (() => Promise<T>)

export interface CalculatedMetricOptions<T = number> extends MetricOptions {
  /** Called when the metric is read. */
  calculate: CalculateMetric<T>
}

export type StopTimer = () => void

export interface Metric {
  update(value: number): void
  increment(value?: number): void
  decrement(value?: number): void
  reset(): void
  /** Starts a timer; calling the result updates the metric with the milliseconds passed. */
  timer(): StopTimer
}

export interface MetricGroup<T extends string = any> {
  update(values: Partial<Record<T, number>>): void
  increment(values: Partial<Record<T, number | true>>): void
  decrement(values: Partial<Record<T, number | true>>): void
  reset(): void
  timer(key: string): StopTimer
}

export interface Counter {
  increment(value?: number): void
  reset(): void
}

export interface CounterGroup<T extends string = any> {
  increment(values: Partial<Record<T, number | true>>): void
  reset(): void
}

export interface HistogramOptions extends MetricOptions {
  /** The upper bounds of the buckets, ascending. Default: those of whoever collects the metrics. */
  buckets?: number[]
}

export interface CalculatedHistogramOptions<T = number> extends HistogramOptions {
  calculate: CalculateMetric<T>
}

export interface Histogram {
  observe(value: number): void
  reset(): void
  timer(): StopTimer
}

export interface HistogramGroup<T extends string = any> {
  observe(values: Partial<Record<T, number>>): void
  reset(): void
  timer(key: string): StopTimer
}

export interface SummaryOptions extends MetricOptions {
  percentiles?: number[]
  maxAgeSeconds?: number
  ageBuckets?: number
  pruneAgedBuckets?: boolean
  compressCount?: number
}

export interface CalculatedSummaryOptions<T = number> extends SummaryOptions {
  calculate: CalculateMetric<T>
}

export interface Summary extends Histogram {}

export interface SummaryGroup<T extends string = any> extends HistogramGroup<T> {}

export type YieldType<T extends AsyncIterator<any> | Iterator<any>> =
  T extends AsyncIterator<infer Y> ? Y : T extends Iterator<infer Y, any, any> ? Y : never

export type TraceAttributes = Record<string, number | string | boolean | number[] | string[] | boolean[]>

export interface TraceFunctionOptions<A, B> {
  optionsIndex?: number
  getAttributesFromArgs?(args: A, attributes: TraceAttributes): TraceAttributes
  getAttributesFromReturnValue?(value: B, attributes: TraceAttributes): TraceAttributes
}

export interface TraceGeneratorFunctionOptions<A, B, C = any> extends TraceFunctionOptions<A, B> {
  getAttributesFromYieldedValue?(value: C, attributes: TraceAttributes, index: number): TraceAttributes
}

/** Where numbers about the node go: implemented outside, e.g. over a Prometheus client. */
export interface Metrics {
  trackMultiaddrConnection(conn: MultiaddrConnection): void
  trackProtocolStream(stream: Stream): void
  registerMetric: ((name: string, options?: MetricOptions) => Metric) &
    ((name: string, options: CalculatedMetricOptions) => void)
  registerMetricGroup: ((name: string, options?: MetricOptions) => MetricGroup) &
    ((name: string, options: CalculatedMetricOptions<Record<string, number>>) => void)
  registerCounter: ((name: string, options?: MetricOptions) => Counter) &
    ((name: string, options: CalculatedMetricOptions) => void)
  registerCounterGroup: ((name: string, options?: MetricOptions) => CounterGroup) &
    ((name: string, options: CalculatedMetricOptions<Record<string, number>>) => void)
  registerHistogram: ((name: string, options?: HistogramOptions) => Histogram) &
    ((name: string, options: CalculatedHistogramOptions) => void)
  registerHistogramGroup: ((name: string, options?: HistogramOptions) => HistogramGroup) &
    ((name: string, options: CalculatedHistogramOptions<Record<string, number>>) => void)
  registerSummary: ((name: string, options?: SummaryOptions) => Summary) &
    ((name: string, options: CalculatedSummaryOptions) => void)
  registerSummaryGroup: ((name: string, options?: SummaryOptions) => SummaryGroup) &
    ((name: string, options: CalculatedSummaryOptions<Record<string, number>>) => void)
  traceFunction<F extends (...args: any[]) => AsyncIterator<any>>(
    name: string,
    fn: F,
    options?: TraceGeneratorFunctionOptions<Parameters<F>, ReturnType<F>, YieldType<ReturnType<F>>>
  ): F
  traceFunction<F extends (...args: any[]) => Iterator<any>>(
    name: string,
    fn: F,
    options?: TraceGeneratorFunctionOptions<Parameters<F>, ReturnType<F>, YieldType<ReturnType<F>>>
  ): F
  traceFunction<F extends (...args: any[]) => any>(
    name: string,
    fn: F,
    options?: TraceFunctionOptions<Parameters<F>, ReturnType<F>>
  ): F
  createTrace(): any
}
