/**
 * Use per interval as bars: solid where measured, lighter where it is reckoned; intervals with something
 * missing are hatched.
 */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { UseStep } from '../../model/water-use.ts'
import type { WaterUseTotals } from '../api/types.ts'
import { barsIn, stepUnder } from '../charts/bars.ts'
import { EChart, hatch, type Ink } from '../charts/echart.tsx'
import { useFormat } from '../format/use-format.ts'

const OPACITY = { measured: 0.95, interpolated: 0.7, estimated: 0.4, missing: 0 }

export function UseChart({
  totals,
  step,
  label,
}: {
  totals: WaterUseTotals['intervals']
  step: UseStep
  label: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const bars = barsIn(ink)
      const show = { hour: format.clock, day: format.day, month: format.month }[step]
      const names = totals.map(({ from }) => from)
      return {
        grid: bars.grid,
        tooltip: {
          ...bars.tooltip,
          formatter: (hits: { dataIndex: number }[]) => {
            const hit = stepUnder(hits, totals)
            if (!hit) return ''
            const volume =
              hit.volumeM3 === null
                ? t('water.unknown')
                : t('water.m3', { volume: format.number(hit.volumeM3) })
            return `${show(hit.from)}<br>${volume}<br>${t(`use.${hit.quality}`)}`
          },
        },
        xAxis: [bars.steps(names, show), { type: 'category', data: names, show: false }],
        yAxis: [
          {
            ...bars.heights,
            name: 'm³',
            nameTextStyle: { ...bars.text, align: 'left' },
            axisLabel: { ...bars.text, formatter: (value: number) => format.number(value) },
          },
          { type: 'value', min: 0, max: 1, show: false },
        ],
        series: [
          {
            type: 'bar',
            data: totals.map(({ volumeM3, quality }) =>
              volumeM3 === null
                ? null
                : {
                    value: volumeM3,
                    itemStyle: {
                      color: ink.accent,
                      opacity: OPACITY[quality] || 0.4,
                      decal: { symbol: 'none' },
                    },
                  },
            ),
            barCategoryGap: '25%',
            barMaxWidth: 3 * ink.rem,
          },
          {
            // Behind the bars, on axes of its own: the whole height of each interval that lacks something
            type: 'bar',
            xAxisIndex: 1,
            yAxisIndex: 1,
            silent: true,
            z: 1,
            barCategoryGap: '0%',
            itemStyle: hatch(ink),
            data: totals.map(({ quality }) => (quality === 'missing' ? 1 : null)),
          },
        ],
      }
    },
    [totals, step, format, t],
  )
  return <EChart label={label} height="15rem" option={option} />
}
