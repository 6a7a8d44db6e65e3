/**
 * ECharts with only the parts that are used, in the colours of the page. Loaded with the first chart, not
 * with the page.
 */
import { useMantineColorScheme } from '@mantine/core'
import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import type { EChartsCoreOption } from 'echarts/core'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

echarts.use([
  BarChart,
  CustomChart,
  LineChart,
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  SVGRenderer,
])

export type Ink = {
  ink: string
  quiet: string
  line: string
  strong: string
  accent: string
  alarm: string
  panel: string
  font: string
  /** Pixels of one rem. */
  rem: number
}

function readInk(): Ink {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: of('--ink-2'),
    quiet: of('--ink-3'),
    line: of('--line'),
    strong: of('--line-strong'),
    accent: of('--accent'),
    alarm: of('--critical'),
    panel: of('--raised'),
    font: of('--font'),
    rem: Number.parseFloat(style.fontSize),
  }
}

type Props = {
  /** Says in words what the chart shows. */
  readonly label: string
  readonly height: string
  readonly option: (ink: Ink) => EChartsCoreOption
  /** Patterns for whoever tells no colours apart; not where one series means one thing. */
  readonly patterns?: boolean
}

export function EChart({ label, height, option, patterns = true }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const { colorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (!box.current) return
    const chart = echarts.init(box.current)
    const resized = new ResizeObserver(() => chart.resize())
    resized.observe(box.current)
    return () => {
      resized.disconnect()
      chart.dispose()
    }
  }, [])
  useEffect(() => {
    const chart = box.current && echarts.getInstanceByDom(box.current)
    if (!chart || !colorScheme) return
    const ink = readInk()
    chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: ink.font, color: ink.ink, fontSize: 0.75 * ink.rem },
        ...option(ink),
        // The label is ours: ECharts would write one of its own over it, in English
        aria: { label: { enabled: false }, decal: { show: patterns } },
      },
      { notMerge: true },
    )
  }, [option, patterns, colorScheme])
  return <div ref={box} role="img" aria-label={label} style={{ height, width: '100%', minWidth: 0 }} />
}

/** What was not measured is hatched: a pattern, so that it is seen in grey and on paper. */
export const hatch = (ink: Ink) => ({
  color: 'transparent',
  decal: {
    symbol: 'rect',
    color: ink.strong,
    dashArrayX: [1, 0],
    dashArrayY: [2, 5],
    rotation: -Math.PI / 4,
  },
})

type Box = { x: number; y: number; width: number; height: number }
type Drawn = { coordSys: Box }
type Reader = { value(dimension: number): number; coord(point: [number, number]): number[] }

/** Pixels between two lines of a hatch. */
const PITCH = 7

/** A custom series that hatches each `[from, to]` of a time axis over its whole height, as lines cut to a box. */
export const hatched =
  (ink: Ink) =>
  ({ coordSys: area }: Drawn, row: Reader) => {
    const [left = 0] = row.coord([row.value(0), 0])
    const [right = 0] = row.coord([row.value(1), 0])
    const x = Math.max(left, area.x)
    const width = Math.min(right, area.x + area.width) - x
    if (width <= 0) return null
    const lines = Array.from({ length: Math.ceil((width + area.height) / PITCH) }, (_, at) => ({
      type: 'line',
      shape: {
        x1: x + at * PITCH - area.height,
        y1: area.y + area.height,
        x2: x + at * PITCH,
        y2: area.y,
      },
      style: { stroke: ink.strong, lineWidth: 1 },
    }))
    const shape = { x, y: area.y, width, height: area.height }
    return { type: 'group', children: lines, clipPath: { type: 'rect', shape } }
  }
