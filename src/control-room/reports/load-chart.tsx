/** Alarms per step as quiet bars; steps that held a flood in the colour of an alarm, because there somebody could not keep up. */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmLoad } from '../api/types.ts'
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
      const text = { color: ink.quiet, fontSize: 0.6875 * ink.rem }
      const show = stepMs >= DAY_MS ? format.day : format.dayTime
      return {
        aria: { decal: { show: false } },
        grid: { left: 4, right: 8, top: 1.5 * ink.rem, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'axis',
          backgroundColor: ink.panel,
          borderColor: ink.strong,
          textStyle: { color: ink.ink, fontSize: 0.75 * ink.rem },
          axisPointer: { type: 'shadow', shadowStyle: { color: ink.line, opacity: 0.5 } },
          formatter: (hits: { dataIndex: number }[]) => {
            const hit = steps[hits[0]?.dataIndex ?? -1]
            if (!hit) return ''
            const lines = [t('load.alarms', { count: hit.count }), t('load.peak', { count: hit.peak })]
            return `${show(hit.from)}<br>${lines.join('<br>')}`
          },
        },
        xAxis: {
          type: 'category',
          data: steps.map(({ from }) => from),
          axisLine: { lineStyle: { color: ink.strong } },
          axisTick: { show: false },
          axisLabel: { ...text, hideOverlap: true, formatter: (at: string) => show(at) },
        },
        yAxis: {
          type: 'value',
          min: 0,
          minInterval: 1,
          axisLabel: text,
          splitLine: { lineStyle: { color: ink.line } },
          splitNumber: 4,
        },
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
  return <EChart label={label} height="13rem" option={option} />
}
