/**
 * What is left of the quota over the year: the plan as a thin line, the use as a strong one, the forecast
 * dotted, days not known hatched.
 */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { barsIn } from '../charts/bars.ts'
import { EChart, hatched, type Ink } from '../charts/echart.tsx'
import type { Dot } from '../charts/gaps.ts'
import { useFormat } from '../format/use-format.ts'
import type { BurnDown } from './burn-down.ts'

type Props = {
  readonly of: BurnDown
  readonly from: number
  readonly to: number
  readonly label: string
}

export function BurnDownChart({ of: { plan, left, gaps, forecast }, from, to, label }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const { text, grid, tooltip } = barsIn(ink)
      const line = (name: string, data: Dot[], style: object) => ({
        type: 'line',
        name,
        data,
        showSymbol: false,
        connectNulls: false,
        lineStyle: style,
        itemStyle: { color: ink.ink },
      })
      return {
        grid: { ...grid, right: 16 },
        tooltip: {
          ...tooltip,
          axisPointer: { type: 'line', lineStyle: { color: ink.strong } },
          formatter: (hits: { seriesName: string; value: Dot }[]) =>
            [
              format.date(hits[0]?.value[0] ?? from),
              ...hits.flatMap(({ seriesName, value: [, m3] }) =>
                m3 === null ? [] : t('quota.hover', { name: seriesName, volume: format.number(m3, 1) }),
              ),
            ].join('<br>'),
        },
        xAxis: {
          type: 'time',
          min: from,
          max: to,
          splitLine: { show: false },
          axisTick: { show: false },
          axisLine: { onZero: false, lineStyle: { color: ink.strong } },
          axisLabel: { ...text, hideOverlap: true, formatter: (at: number) => format.day(at) },
        },
        yAxis: {
          type: 'value',
          name: 'm³',
          nameTextStyle: { ...text, align: 'left' },
          splitNumber: 4,
          axisLabel: { ...text, formatter: (value: number) => format.number(value) },
          splitLine: { lineStyle: { color: ink.line } },
        },
        series: [
          line(t('quota.plan'), plan, { color: ink.ink, width: 1, type: [6, 3] }),
          line(t('quota.left'), left, { color: ink.accent, width: 2 }),
          line(t('quota.forecast'), forecast, { color: ink.accent, width: 1.5, type: [2, 3] }),
          { type: 'custom', silent: true, z: 1, data: gaps, renderItem: hatched(ink), encode: { x: [0, 1] } },
        ],
      }
    },
    [plan, left, gaps, forecast, from, to, format, t],
  )
  return <EChart label={label} height="17rem" option={option} />
}
