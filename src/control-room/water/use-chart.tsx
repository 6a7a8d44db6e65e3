/** Use per interval as bars: solid where measured, lighter where it is reckoned; intervals with something missing are hatched. */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { UseStep } from '../../model/water-use.ts'
import { EChart, hatch, type Ink } from '../charts/echart.tsx'
import { useFormat } from '../format/use-format.ts'
import type { Total } from './totals.ts'

const OPACITY = { measured: 0.95, interpolated: 0.7, estimated: 0.4, missing: 0 }

export function UseChart({
  totals,
  step,
  label,
}: {
  totals: readonly Total[]
  step: UseStep
  label: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const option = useCallback(
    (ink: Ink) => {
      const show = { hour: format.clock, day: format.day, month: format.month }[step]
      const text = { color: ink.quiet, fontSize: 0.6875 * ink.rem }
      const names = totals.map(({ id }) => id)
      return {
        aria: { decal: { show: true } },
        grid: { left: 4, right: 8, top: 1.5 * ink.rem, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'axis',
          backgroundColor: ink.panel,
          borderColor: ink.strong,
          textStyle: { color: ink.ink, fontSize: 0.75 * ink.rem },
          axisPointer: { type: 'shadow', shadowStyle: { color: ink.line, opacity: 0.5 } },
          formatter: (hits: { dataIndex: number }[]) => {
            const hit = totals[hits[0]?.dataIndex ?? -1]
            if (!hit) return ''
            const volume =
              hit.volumeM3 === null
                ? t('water.unknown')
                : t('water.m3', { volume: format.number(hit.volumeM3) })
            return `${show(hit.id)}<br>${volume}<br>${t(`use.${hit.quality}`)}`
          },
        },
        xAxis: [
          {
            type: 'category',
            data: names,
            axisLine: { lineStyle: { color: ink.strong } },
            axisTick: { show: false },
            axisLabel: { ...text, hideOverlap: true, formatter: (at: string) => show(at) },
          },
          { type: 'category', data: names, show: false },
        ],
        yAxis: [
          {
            type: 'value',
            min: 0,
            name: 'm³',
            nameTextStyle: { ...text, align: 'center' },
            axisLabel: { ...text, formatter: (value: number) => format.number(value) },
            splitLine: { lineStyle: { color: ink.line } },
            splitNumber: 4,
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
