/** One point of one device over time, with the limit it broke and the stretch in which an alarm stood. */
import { useCallback } from 'react'
import { useFormat } from '../format/use-format.ts'
import { EChart, hatched, type Ink } from './echart.tsx'
import type { Dot, Stretch } from './gaps.ts'

type Props = {
  readonly label: string
  readonly unit: string
  readonly dots: readonly Dot[]
  readonly gaps: readonly Stretch[]
  readonly from: number
  readonly to: number
  readonly limit?: number | undefined
  /** When alarms stood; the end is open while one still stands. */
  readonly alarms?: readonly Stretch[]
  readonly height?: string
  readonly limitLabel: string
  /** The instant that decided an alarm. */
  readonly decided?: { readonly at: number; readonly label: string } | undefined
}

export function ReadingChart(props: Props) {
  const {
    label,
    unit,
    dots,
    gaps,
    from,
    to,
    limit,
    alarms = [],
    height = '11rem',
    limitLabel,
    decided,
  } = props
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const axis = { axisLine: { lineStyle: { color: ink.strong } }, axisTick: { show: false } }
      const text = { color: ink.quiet, fontSize: 0.6875 * ink.rem }
      const long = to - from > 36 * 3_600_000
      return {
        grid: { left: 4, right: 12, top: 1.5 * ink.rem, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'axis',
          backgroundColor: ink.panel,
          borderColor: ink.strong,
          textStyle: { color: ink.ink, fontSize: 0.75 * ink.rem },
          axisPointer: { lineStyle: { color: ink.strong } },
          formatter: (hits: { value: Dot }[]) => {
            const hit = hits[0]?.value
            return hit && hit[1] !== null
              ? `${format.absolute(hit[0])}<br>${format.number(hit[1])} ${unit}`
              : ''
          },
        },
        xAxis: {
          type: 'time',
          min: from,
          max: to,
          ...axis,
          splitNumber: 4,
          splitLine: { show: false },
          axisLabel: {
            ...text,
            hideOverlap: true,
            formatter: (at: number) => (long ? format.dayTime(at) : format.clock(at)),
          },
        },
        yAxis: {
          type: 'value',
          scale: true,
          name: unit,
          nameTextStyle: { ...text, align: 'left' },
          axisLabel: { ...text, formatter: (value: number) => format.number(value) },
          splitLine: { lineStyle: { color: ink.line } },
          splitNumber: 3,
        },
        series: [
          {
            type: 'line',
            data: dots,
            showSymbol: dots.length < 15,
            symbolSize: 3,
            connectNulls: false,
            sampling: 'minmax',
            lineStyle: { color: ink.accent, width: 1.5 },
            itemStyle: { color: ink.accent },
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: ink.ink, type: [6, 3], width: 1 },
              label: { ...text, color: ink.ink },
              data: [
                ...(limit === undefined
                  ? []
                  : [{ yAxis: limit, label: { position: 'insideStartTop', formatter: limitLabel } }]),
                ...(decided
                  ? [
                      {
                        xAxis: decided.at,
                        lineStyle: { color: ink.alarm, type: 'solid' },
                        label: { position: 'end', align: 'right', formatter: decided.label },
                      },
                    ]
                  : []),
              ],
            },
            markArea: {
              silent: true,
              data: alarms.map(([start, end]) => [{ xAxis: start }, { xAxis: end }]),
              itemStyle: { color: ink.alarm, opacity: 0.14 },
            },
          },
          { type: 'custom', silent: true, z: 1, data: gaps, renderItem: hatched(ink), encode: { x: [0, 1] } },
        ],
      }
    },
    [dots, gaps, from, to, limit, alarms, unit, limitLabel, decided, format],
  )
  return <EChart label={label} height={height} option={option} />
}
