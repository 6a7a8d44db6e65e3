/**
 * What an alarm was decided by, and the readings around it until it cleared, or now: as a chart with the
 * limit and the deciding moment, or as words where they are no numbers.
 */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { evidence as evidenceQuery, readings } from '../api/queries.ts'
import type { Alarm, Device, Evidence as Kept, Reading } from '../api/types.ts'
import { drawn, gapAfter } from '../charts/gaps.ts'
import { ReadingChart } from '../charts/reading-chart.tsx'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { usePointName, useValue } from '../parts/points.ts'
import { Unanswered } from '../parts/states.tsx'
import styles from './alarm-panel.module.css'

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
  const { data: kept } = useQuery(evidenceQuery(alarm.id))
  const decidedAt = kept ? Date.parse(kept.moment.wokenAt ?? kept.moment.reading?.at ?? kept.at) : undefined
  const point = chartedPoint(alarm, device)
  const raised = Date.parse(alarm.raisedAt)
  // Back to what the rule had heard, as far as a chart can show it.
  const heard = kept ? Math.max(Date.parse(kept.from), raised - LONGEST_MS) : raised
  const from = Math.min(heard, raised - BEFORE_MS)
  const end = alarm.clearedAt === null ? now : Math.min(now, Date.parse(alarm.clearedAt) + AFTER_MS)
  const to = Math.min(end, raised + LONGEST_MS)
  const asked = useQuery(readings(device.id, new Date(from).toISOString(), new Date(to).toISOString(), point))
  const { data } = asked
  const decided = useMemo(
    () => (decidedAt === undefined ? undefined : { at: decidedAt, label: t('alarms.decided') }),
    [decidedAt, t],
  )
  const gap = gapAfter(device.reportsEveryMs)
  const series = useMemo(
    () => (data && point ? drawn(data.items, point, gap, from, to) : undefined),
    [data, point, gap, from, to],
  )
  const stood = useMemo(
    () => [[raised, alarm.clearedAt === null ? to : Date.parse(alarm.clearedAt)]] as const,
    [raised, alarm.clearedAt, to],
  )
  if (!point && data) {
    return (
      <>
        <Said readings={data.items} raised={decidedAt ?? raised} />
        <Basis kept={kept} />
      </>
    )
  }
  if (!point || !series) {
    return (
      <div className={styles.coming}>
        <Unanswered of={asked} />
      </div>
    )
  }
  const limit = limitIn(figures) ?? limitIn(kept?.options)
  const unit = device.latest[point]?.unit ?? ''
  return (
    <>
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
        decided={decided}
      />
      <Basis kept={kept} />
    </>
  )
}

/** What a rule that names no point looked at, as long as the device measures it. */
const POINT_OF_FAULT: Readonly<Record<string, string>> = { 'fuel-drop': 'fuel', 'low-battery': 'battery' }
const POINT_OF_FAMILY: Readonly<Partial<Record<Device['family'], string>>> = {
  'water-meter': 'flow',
  'vehicle-tracker': 'speed',
}

function chartedPoint(
  { because: { figures }, fault }: Alarm,
  { family, latest }: Device,
): string | undefined {
  if (typeof figures.point === 'string') return figures.point
  return [POINT_OF_FAULT[fault], POINT_OF_FAMILY[family]].find(
    (point) => point !== undefined && typeof latest[point]?.value === 'number',
  )
}

/** Options and figures of rules name their limits alike: the one that was broken stands first. */
const LIMITS = ['above', 'below', 'limit', 'floorM3h', 'limitKmh'] as const

function limitIn(figures: unknown): number | undefined {
  if (figures === null || typeof figures !== 'object') return undefined
  const known = new Map(Object.entries(figures))
  return LIMITS.map((name) => known.get(name)).find((limit) => typeof limit === 'number')
}

/** In words what the alarm carries with it. */
function Basis({ kept }: { kept: Kept | null | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!kept) return null
  const time = format.dayTime(kept.moment.wokenAt ?? kept.moment.reading?.at ?? kept.at)
  const { version } = kept
  return (
    <p className="quiet">
      {t('alarms.basis', { count: kept.readings.length, time, version: version.slice(0, 8) })}
      {kept.cut === null ? null : ` ${t('alarms.cut')}`}
    </p>
  )
}

const SHOWN = 8

/** The last things a gate or a checkpoint said, newest first, up to shortly after the alarm. */
function Said({ readings, raised }: { readings: readonly Reading[]; raised: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const show = useValue()
  const pointName = usePointName()
  const first = readings.findIndex(({ at }) => Date.parse(at) > raised)
  const end = first < 0 ? readings.length : first + SHOWN / 2
  const shown = readings.slice(Math.max(0, end - SHOWN), end).reverse()
  if (shown.length === 0) return null
  return (
    <section>
      <h3>{t('alarms.said')}</h3>
      <ul className={styles.said}>
        {shown.map(({ at, receivedAt, values }) => (
          <li
            key={`${at} ${receivedAt} ${JSON.stringify(values)}`}
            data-tripped={Date.parse(at) === raised || undefined}
          >
            <time dateTime={at} title={format.absolute(at)}>
              {format.clockSeconds(at)}
            </time>
            {Object.entries(values).map(([name, value]) => (
              <span key={name}>
                <span className="quiet">{pointName(name)}</span> {show(value)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}
