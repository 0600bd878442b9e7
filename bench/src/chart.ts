import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Result } from './driver.ts'
import { PEERS, type PeerName } from './peers/index.ts'

use([BarChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer, TitleComponent])

const COLOURS: Readonly<Record<string, string>> = { js: '#e0a800', go: '#00a7d0', rust: '#b7410e', limit: '#9aa0a6' }
const ROW_PX = 46
const FRAME_PX = 144

/** How many times better than its peers this project is, as bars on a logarithmic scale, in an SVG of its own. */
export function chart(results: readonly Result[]): string {
  const shown = results.filter(result => Object.keys(result.ratios).length > 0).toReversed()
  const peers = PEERS.filter(peer => shown.some(result => result.ratios[peer] !== undefined))
  const graph = init(null, null, {
    ...{ renderer: 'svg', ssr: true, width: 860, height: FRAME_PX + ROW_PX * shown.length }
  })
  graph.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: 'How many times better than …', left: 'center', top: 8 },
    legend: { top: 44, itemGap: 28, data: peers.map(label) },
    grid: { left: 170, right: 60, top: 84, bottom: 40 },
    xAxis: { type: 'log', logBase: 2, name: '×', startValue: 1 },
    yAxis: { type: 'category', data: shown.map(({ row }) => row.name) },
    series: peers.map(peer => series(peer, shown))
  })
  const svg = graph.renderToSVGString()
  graph.dispose()
  return `${svg}\n`
}

function series(peer: PeerName, shown: readonly Result[]): object {
  return {
    name: label(peer),
    type: 'bar',
    itemStyle: { color: COLOURS[peer] },
    label: { show: true, position: 'right', fontSize: 10 },
    markLine: { silent: true, symbol: 'none', label: { show: false }, data: [{ xAxis: 1 }] },
    data: shown.map(result => result.ratios[peer] ?? null)
  }
}

function label(peer: PeerName): string {
  return peer === 'limit' ? 'the bare primitives' : `${peer}-libp2p`
}
