/** The readings of a range: as a chart of one point, and as rows. Point and range are in the address. */
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { pastAlarms, readings } from '../api/queries.ts'
import type { Device } from '../api/types.ts'
import { drawn, gapAfter, type Stretch } from '../charts/gaps.ts'
import { ReadingChart } from '../charts/reading-chart.tsx'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import { usePointName } from '../parts/points.ts'
import { Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import styles from './devices.module.css'
import { readingRange, STRETCHES } from './reading-range.ts'
import { ReadingRows } from './reading-rows.tsx'

const PREFERRED = ['flow', 'speed', 'volume', 'battery']

export function Readings({ device }: { device: Device }) {
  const { t } = useTranslation()
  const format = useFormat()
  const pointName = usePointName()
  const may = useMay()
  const { asked, change } = useAddress()
  const now = useNow(15_000)
  const { is, first, last, from, to } = readingRange(asked, now, format.timeZone)
  const numeric = Object.entries(device.latest).flatMap(([point, { value }]) =>
    typeof value === 'number' ? point : [],
  )
  const point =
    numeric.find((one) => one === asked.get('point')) ??
    PREFERRED.find((one) => numeric.includes(one)) ??
    numeric[0]

  const measured = useQuery(readings(device.id, new Date(from).toISOString(), new Date(to).toISOString()))
  const { data } = measured
  const past = useQuery({ ...pastAlarms({ device: device.id }), enabled: may('alarms:read') }).data
  const end = Math.min(to, now)
  const series = useMemo(() => {
    if (!data || !point) return undefined
    // What is yet to come, or was left out because there is too much, is no gap
    const until = data.cut ? Date.parse(data.items.at(-1)?.at ?? '') : end
    return drawn(data.items, point, gapAfter(device.reportsEveryMs), from, until)
  }, [data, point, device.reportsEveryMs, from, end])
  const stood = useMemo(
    (): Stretch[] =>
      (past?.items ?? []).flatMap(({ raisedAt, clearedAt, because }): Stretch[] => {
        if (because.figures.point !== undefined && because.figures.point !== point) return []
        const [start, end] = [Date.parse(raisedAt), clearedAt === null ? to : Date.parse(clearedAt)]
        return end < from ? [] : [[Math.max(start, from), Math.min(end, to)]]
      }),
    [past, point, from, to],
  )

  return (
    <section>
      <div className={`${styles.chartBar} no-print`}>
        <h2>{t('device.readings')}</h2>
        <SegmentedControl
          aria-label={t('device.range')}
          value={is}
          data={[
            ...Object.entries(STRETCHES).map(([value, ms]) => ({ value, label: format.duration(ms) })),
            { value: 'days', label: t('device.days') },
          ]}
          onChange={(value) =>
            change(
              value === 'days'
                ? { range: undefined, from: first, to: last }
                : { range: value, from: undefined, to: undefined },
            )
          }
        />
        {is === 'days' ? <DateRange first={first} last={last} onChange={change} /> : null}
        {numeric.length > 1 ? (
          <NativeSelect
            aria-label={t('device.point')}
            value={point ?? ''}
            data={numeric.map((one) => ({ value: one, label: pointName(one) }))}
            onChange={(event) => change({ point: event.currentTarget.value })}
          />
        ) : null}
        {series && series.gaps.length > 0 ? (
          <span className={styles.legend}>
            <span className={styles.hatch} aria-hidden="true" />
            {t('chart.noData')}
          </span>
        ) : null}
      </div>
      <Unanswered of={measured} />
      {series && point ? (
        <ReadingChart
          label={t('device.chart', {
            point: pointName(point),
            device: device.name,
            from: format.dayTime(from),
            to: format.dayTime(to),
          })}
          unit={device.latest[point]?.unit ?? ''}
          dots={series.dots}
          gaps={series.gaps}
          from={from}
          to={to}
          limitLabel=""
          alarms={stood}
          height="16rem"
        />
      ) : null}
      {data ? <ReadingRows readings={data.items} cut={data.cut} device={device} /> : null}
    </section>
  )
}
