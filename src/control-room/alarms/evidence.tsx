/** The readings around an alarm: half an hour before it until it cleared, or now. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { readings } from '../api/queries.ts'
import type { Alarm, Device } from '../api/types.ts'
import { drawn, gapAfter } from '../charts/gaps.ts'
import { ReadingChart } from '../charts/reading-chart.tsx'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { usePointName, useValue } from '../parts/points.ts'

const BEFORE_MS = 30 * 60_000
const AFTER_MS = 10 * 60_000
const LONGEST_MS = 6 * 3_600_000

export function Evidence({ alarm, device }: { alarm: Alarm; device: Device }) {
  const { t } = useTranslation()
  const format = useFormat()
  const show = useValue()
  const pointName = usePointName()
  const now = useNow(10_000)
  const { figures } = alarm.because
  const point = typeof figures.point === 'string' ? figures.point : device.latest.flow ? 'flow' : undefined
  const raised = Date.parse(alarm.raisedAt)
  const from = raised - BEFORE_MS
  const end = alarm.clearedAt === null ? now : Math.min(now, Date.parse(alarm.clearedAt) + AFTER_MS)
  const to = Math.min(end, raised + LONGEST_MS)
  const { data } = useQuery({
    ...readings(device.id, new Date(from).toISOString(), new Date(to).toISOString(), point),
    enabled: point !== undefined,
  })
  const gap = gapAfter(device.reportsEveryMs)
  const series = useMemo(
    () => (data && point ? drawn(data.items, point, gap, from, to) : undefined),
    [data, point, gap, from, to],
  )
  const stood = useMemo(
    () => [[raised, alarm.clearedAt === null ? to : Date.parse(alarm.clearedAt)]] as const,
    [raised, alarm.clearedAt, to],
  )
  if (!point || !series) return null
  const limit = typeof figures.above === 'number' ? figures.above : undefined
  const unit = device.latest[point]?.unit ?? ''
  return (
    <ReadingChart
      label={t('alarms.evidence', {
        point: pointName(point),
        from: format.dayTime(from),
        to: format.dayTime(to),
      })}
      unit={unit}
      dots={series.dots}
      gaps={series.gaps}
      from={from}
      to={to}
      limit={limit}
      limitLabel={limit === undefined ? '' : t('chart.limit', { limit: show(limit, unit) })}
      alarms={stood}
    />
  )
}
