/** The day of one vehicle: its speed from midnight on, and what it drove by its own odometer. */
import { CloseButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { readings } from '../api/queries.ts'
import type { Device, Reading } from '../api/types.ts'
import { drawn, gapAfter } from '../charts/gaps.ts'
import { ReadingChart } from '../charts/reading-chart.tsx'
import { boundary } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useMay } from '../session/use-session.ts'
import styles from './vehicles.module.css'

function driven(all: readonly Reading[]): number | undefined {
  const odometer = all.flatMap(({ values }) => (typeof values.odometer === 'number' ? values.odometer : []))
  const [first, last] = [odometer[0], odometer.at(-1)]
  return first === undefined || last === undefined ? undefined : last - first
}

export function VehicleDay({ device, plate, onClose }: { device: Device; plate: string; onClose(): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const to = useNow(30_000)
  const from = boundary('day', to, format.timeZone)
  const { data } = useQuery({
    ...readings(device.id, new Date(from).toISOString(), new Date(to).toISOString()),
    enabled: may('readings:read'),
  })
  const series = useMemo(
    () => (data ? drawn(data.items, 'speed', gapAfter(device.reportsEveryMs), from, to) : undefined),
    [data, device.reportsEveryMs, from, to],
  )
  const km = data ? driven(data.items) : undefined
  return (
    <section className={styles.day}>
      <h2>
        {t('vehicles.day', { plate })}{' '}
        <span className="quiet">
          {km === undefined ? '' : t('vehicles.driven', { km: format.number(km, 1) })}
        </span>
      </h2>
      <CloseButton className={styles.close} aria-label={t('close')} onClick={onClose} />
      {series ? (
        <ReadingChart
          label={t('vehicles.chart', { plate })}
          unit={device.latest.speed?.unit ?? ''}
          dots={series.dots}
          gaps={series.gaps}
          from={from}
          to={to}
          limitLabel=""
          height="9rem"
        />
      ) : null}
      <p className={styles.ways}>
        <Link to={`/map?device=${device.id}`}>{t('alarms.onMap')}</Link>
        <Link to={`/devices/${device.id}`}>{t('vehicles.device')}</Link>
      </p>
    </section>
  )
}
