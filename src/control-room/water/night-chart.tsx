/** The nights as bars, beside what is usual; a night that is not known is hatched, never a bar of zero. */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { barsIn, stepUnder } from '../charts/bars.ts'
import { EChart, hatch, type Ink } from '../charts/echart.tsx'
import { useFormat } from '../format/use-format.ts'

type Props = {
  readonly days: readonly number[]
  readonly flowsM3h: readonly (number | null)[]
  readonly usualM3h: number | null
  readonly label: string
}

export function NightChart({ days, flowsM3h, usualM3h, label }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const bars = barsIn(ink)
      const names = days.map(String)
      const nights = days.map((day, at) => ({ day, flow: flowsM3h[at] ?? null }))
      const litres = (m3h: number) => Math.round(m3h * 1_000)
      return {
        grid: bars.grid,
        tooltip: {
          ...bars.tooltip,
          formatter: (hits: { dataIndex: number }[]) => {
            const hit = stepUnder(hits, nights)
            if (!hit) return ''
            const flow =
              hit.flow === null
                ? t('water.unknown')
                : t('night.litres', { litres: format.count(litres(hit.flow)) })
            return `${format.date(hit.day)}<br>${flow}`
          },
        },
        xAxis: [
          bars.steps(names, (name) => format.day(Number(name))),
          { type: 'category', data: names, show: false },
        ],
        yAxis: [
          { ...bars.heights, name: 'L/h', nameTextStyle: { ...bars.text, align: 'left' } },
          { type: 'value', min: 0, max: 1, show: false },
        ],
        series: [
          {
            type: 'bar',
            data: nights.map(({ flow }) => (flow === null ? null : litres(flow))),
            itemStyle: { color: ink.accent, decal: { symbol: 'none' } },
            barCategoryGap: '25%',
            barMaxWidth: 3 * ink.rem,
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: ink.ink, type: [6, 3], width: 1 },
              label: {
                ...bars.text,
                color: ink.ink,
                backgroundColor: ink.panel,
                padding: [1, 4],
                position: 'insideStartTop', // over a bar it would not be read without a ground of its own
                formatter: t('night.usual'),
              },
              data: usualM3h === null ? [] : [{ yAxis: litres(usualM3h) }],
            },
          },
          {
            type: 'bar',
            xAxisIndex: 1,
            yAxisIndex: 1,
            silent: true,
            z: 1,
            barCategoryGap: '0%',
            itemStyle: hatch(ink),
            data: nights.map(({ flow }) => (flow === null ? 1 : null)),
          },
        ],
      }
    },
    [days, flowsM3h, usualM3h, format, t],
  )
  return <EChart label={label} height="15rem" option={option} />
}
