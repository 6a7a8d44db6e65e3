/** Alarms per step as quiet bars; steps that held a flood in the colour of an alarm, because there somebody could not keep up. */
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
      const show = stepMs >= DAY_MS ? format.day : format.dayTime
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
        xAxis: bars.steps(
          steps.map(({ from }) => from),
          show,
        ),
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
