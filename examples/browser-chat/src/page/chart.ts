/** The last minute of throughput, drawn: what came as an area above, what left as another over it. */
const SAMPLE_MS = 250
const SAMPLES = 240
/** Quiet traffic does not fill the chart. */
const MIN_TOP = 4_000
/** What is drawn is the mean of so many. */
const SMOOTHED = 6

export interface Sample {
  readonly received: number
  readonly sent: number
}

interface Point {
  readonly x: number
  readonly y: number
}

export class Chart {
  private readonly canvas: HTMLCanvasElement
  private readonly samples: Sample[] = Array.from({ length: SAMPLES }, () => ({ received: 0, sent: 0 }))
  /** Bytes per second at the top edge. */
  private top = MIN_TOP

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw())
    new ResizeObserver(() => this.draw()).observe(canvas)
  }

  /** Takes what has gone since the last call, every `SAMPLE_MS`. */
  add(sample: Sample): void {
    this.samples.push(sample)
    this.samples.shift()
    this.top = roundTop(Math.max(...this.smooth('received'), ...this.smooth('sent')))
    this.draw()
  }

  private draw(): void {
    const context = this.canvas.getContext('2d')
    const { clientWidth: width, clientHeight: height } = this.canvas
    if (context === null || width === 0) return
    const scale = devicePixelRatio
    this.canvas.width = width * scale
    this.canvas.height = height * scale
    context.scale(scale, scale)
    const style = getComputedStyle(this.canvas)
    this.drawGrid(context, style, width, height)
    for (const way of ['received', 'sent'] as const) {
      this.drawWay(context, style.getPropertyValue(`--${way}`), this.points(way, width, height), height)
    }
  }

  private drawGrid(context: CanvasRenderingContext2D, style: CSSStyleDeclaration, width: number, height: number): void {
    context.strokeStyle = style.getPropertyValue('--line')
    context.fillStyle = style.getPropertyValue('--faint')
    context.font = `11px ${style.fontFamily}`
    for (const part of [0.25, 0.5, 0.75]) {
      const y = Math.round(height * part) + 0.5
      context.beginPath()
      context.moveTo(0, y)
      context.lineTo(width, y)
      context.stroke()
      context.fillText(rate(this.top * (1 - part)), 0, y - 4)
    }
  }

  private drawWay(context: CanvasRenderingContext2D, color: string, points: readonly Point[], height: number): void {
    const line = curve(points)
    const area = new Path2D(line)
    area.lineTo(points.at(-1)?.x ?? 0, height)
    area.lineTo(0, height)
    const fade = context.createLinearGradient(0, 0, 0, height)
    fade.addColorStop(0, `${color}59`)
    fade.addColorStop(1, `${color}00`)
    context.fillStyle = fade
    context.fill(area)
    context.strokeStyle = color
    context.lineWidth = 1.75
    context.stroke(line)
    context.lineWidth = 1
  }

  private points(way: keyof Sample, width: number, height: number): Point[] {
    const step = width / (SAMPLES - 1)
    return this.smooth(way).map((value, i) => ({ x: i * step, y: (height - 2) * (1 - value / this.top) }))
  }

  private smooth(way: keyof Sample): number[] {
    let sum = 0
    return this.samples.map((sample, i) => {
      sum += sample[way] - (this.samples[i - SMOOTHED]?.[way] ?? 0)
      return sum / Math.min(i + 1, SMOOTHED)
    })
  }
}

/** The lowest of 4, 8, 20, 40, 80, … above, whose quarters are round. */
function roundTop(highest: number): number {
  for (let unit = MIN_TOP / 4; ; unit *= 10) {
    for (const top of [4, 8, 20]) if (unit * top > highest * 1.05) return unit * top
  }
}

/** Through the points, flat at each: it never overshoots. */
function curve(points: readonly Point[]): Path2D {
  const path = new Path2D()
  let last: Point | undefined
  for (const point of points) {
    if (last === undefined) path.moveTo(point.x, point.y)
    else {
      const middle = (last.x + point.x) / 2
      path.bezierCurveTo(middle, last.y, middle, point.y, point.x, point.y)
    }
    last = point
  }
  return path
}

export function rate(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`
}

export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

export { SAMPLE_MS }
