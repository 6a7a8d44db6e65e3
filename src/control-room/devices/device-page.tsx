/**
 * One device: what it is, what it last said and how old that is, its readings as chart and rows, its alarms
 * and orders, its dead letters.
 */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { FireReleases } from '../alarms/fire-release.tsx'
import { devices } from '../api/queries.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { Facts } from '../parts/facts.tsx'
import { useNames } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import { DeadLetters } from './dead-letters.tsx'
import { DeviceFaults } from './device-faults.tsx'
import styles from './devices.module.css'
import { LatestValues } from './latest-values.tsx'
import { NewOrderDialog } from './new-order-dialog.tsx'
import { OutOfService } from './out-of-service.tsx'
import { Readings } from './readings.tsx'
import { Status } from './status.tsx'

export function Component() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const known = useQuery(devices)
  const { data } = known
  const format = useFormat()
  const names = useNames()
  const may = useMay()
  const [ordering, setOrdering] = useState(false)
  if (!data) return <Unanswered of={known} />
  const device = data.items.find((one) => one.id === id)
  if (!device) {
    return (
      <Empty title={t('device.unknown', { id })}>
        <Link to="/devices">{t('device.toList')}</Link>
      </Empty>
    )
  }
  const { reportsEveryMs } = device
  return (
    <div className={styles.device}>
      <p className="no-print" style={{ margin: '0 0 0.5rem' }}>
        <Link to="/devices">{t('device.toList')}</Link>
      </p>
      <header className={styles.deviceHead}>
        <h1>{device.name}</h1>
        <Status of={device} />
        {may('orders:create') ? (
          <Button className="no-print" variant="default" onClick={() => setOrdering(true)}>
            {t('device.report')}
          </Button>
        ) : null}
        <OutOfService device={device} />
      </header>
      {device.family === 'access-control-gate' ? <FireReleases of={device} /> : null}
      <div className={styles.grid}>
        <div className={styles.column}>
          <Readings device={device} />
          {may('dead-letters:read') ? <DeadLetters device={device.id} /> : null}
        </div>
        <div className={styles.column}>
          <LatestValues device={device} />
          <section>
            <h3>{t('device.facts')}</h3>
            <Facts
              rows={[
                [t('alarms.where'), names.place(device.place)],
                [t('device.institution'), names.institution(device.place.institution)],
                [t('devices.family'), t(`family.${device.family}`)],
                [t('device.profile'), device.profile],
                [t('device.id'), device.id],
                [
                  t('device.reports'),
                  reportsEveryMs === null
                    ? t('device.reportsOnEvents')
                    : t('device.reportsEvery', { every: format.duration(reportsEveryMs) }),
                ],
                [
                  t('devices.seen'),
                  device.lastSeenAt === null ? (
                    t('status.never-seen')
                  ) : (
                    <Age key="seen" at={device.lastSeenAt} />
                  ),
                ],
                [
                  t('place.map'),
                  <Link key="map" to={`/map?device=${device.id}`}>
                    {t('alarms.onMap')}
                  </Link>,
                ],
              ]}
            />
          </section>
          <DeviceFaults device={device.id} />
        </div>
      </div>
      <NewOrderDialog device={ordering ? device : undefined} onClose={() => setOrdering(false)} />
    </div>
  )
}
