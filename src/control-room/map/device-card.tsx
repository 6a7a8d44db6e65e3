/** What was clicked on the map, in short, with the ways on. */
import { CloseButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Alarm, Device } from '../api/types.ts'
import { LatestValues } from '../devices/latest-values.tsx'
import { Status } from '../devices/status.tsx'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './map.module.css'

type Props = { readonly device: Device; readonly alarms: readonly Alarm[]; onClose(): void }

export function DeviceCard({ device, alarms, onClose }: Props) {
  const { t } = useTranslation()
  const names = useNames()
  const own = alarms.filter((alarm) => alarm.device === device.id)
  return (
    <section className={styles.card}>
      <CloseButton className={styles.close} aria-label={t('close')} onClick={onClose} />
      <h2>
        <Link to={`/devices/${device.id}`}>{device.name}</Link>
      </h2>
      <p className="quiet">{names.place(device.place)}</p>
      <Status of={device} />
      <ul className={styles.list}>
        {own.map((alarm) => (
          <li key={alarm.id}>
            <SeverityMark severity={alarm.severity} seen={alarm.acknowledged !== undefined} bare />
            <Link to={`/?alarm=${alarm.id}`}>{names.rule(alarm.rule)}</Link>
          </li>
        ))}
      </ul>
      <LatestValues device={device} />
    </section>
  )
}
