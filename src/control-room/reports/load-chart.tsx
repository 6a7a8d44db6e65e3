/**
 * Alarms per step as quiet bars; steps that held a flood in the colour of an alarm, because there somebody
 * could not keep up.
 */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmLoad } from '../api/types.ts'
import { barsIn, stepUnder } from '../charts/bars.ts'
import { EChart, type Ink } from '../charts/echart.tsx'
import { useFormat } from '../format/use-format.ts'

/** More than this in ten minutes is a flood. */
const FLOOD_ABOVE = 10
const DAY_MS = 86_400_000

export function LoadChart({
  series: { stepMs, steps },
  label,
}: Pick<AlarmLoad, 'series'> & { label: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const bars = barsIn(ink)
      const names = steps.map(({ from }) => format.day(from))
      const days = new Set(names.flatMap((name, at) => (name === names[at - 1] ? [] : at)))
      const isLong = stepMs < DAY_MS && days.size > 2
      const show = stepMs >= DAY_MS ? format.day : format.dayTime
      const axis = bars.steps(
        steps.map(({ from }) => from),
        (from) => (isLong ? format.day(from) : show(from)),
      )
      // Of several days each is named where it begins
      if (isLong) Object.assign(axis.axisLabel, { interval: (at: number) => days.has(at) })
      return {
        grid: bars.grid,
        tooltip: {
          ...bars.tooltip,
          formatter: (hits: { dataIndex: number }[]) => {
            const hit = stepUnder(hits, steps)
            if (!hit) return ''
            const lines = [t('load.alarms', { count: hit.count }), t('load.peak', { count: hit.peak })]
            return `${show(hit.from)}<br>${lines.join('<br>')}`
          },
        },
        xAxis: axis,
        yAxis: { ...bars.heights, minInterval: 1 },
        series: [
          {
            type: 'bar',
            data: steps.map(({ count, peak }) => ({
              value: count,
              itemStyle: { color: peak > FLOOD_ABOVE ? ink.alarm : ink.accent },
            })),
            barCategoryGap: '15%',
          },
        ],
      }
    },
    [stepMs, steps, format, t],
  )
  return <EChart patterns={false} label={label} height="13rem" option={option} />
}
