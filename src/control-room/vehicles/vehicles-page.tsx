/** Who is where, by the zones of the site: exceptions first, then what moves; the day of the chosen one as a strip. */

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { SEVERITIES } from '../../model/alarm.ts'
import { openAlarms, site as siteQuery } from '../api/queries.ts'
import type { Device } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { spotOf } from '../map/layers.ts'
import { useDevices } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import { VehicleDay } from './vehicle-day.tsx'
import { type VehicleRow, VehicleTable } from './vehicle-table.tsx'
import styles from './vehicles.module.css'
import { zoneAt } from './zone.ts'

const speedOf = ({ latest }: Device) => (typeof latest.speed?.value === 'number' ? latest.speed.value : 0)

/** Alarms by severity, then the silent, then what moves, then the rest; names break ties, so rows keep their places. */
const rank = ({ alarm, device }: VehicleRow): number => {
  if (alarm) return SEVERITIES.indexOf(alarm.severity)
  if (device.status !== 'online') return 10
  return speedOf(device) > 1 ? 20 : 30
}

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const devices = useDevices()
  const { asked, change, link } = useAddress()
  const here = useQuery(siteQuery)
  const { data: site } = here
  const alarms = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data?.items ?? []
  const chosen = asked.get('vehicle') ?? undefined
  useKeys({ Escape: () => change({ vehicle: undefined }) })

  if (!site) return <Unanswered of={here} />
  const plates = new Map(site.vehicles.map(({ device, plate }) => [device, plate]))
  const rows = [...devices.values()]
    .filter(({ family }) => family === 'vehicle-tracker')
    .map((device): VehicleRow => {
      const alarm = alarms.find(
        (one) => one.device === device.id && one.clearedAt === null && !one.suppression,
      )
      const spot = spotOf(device)
      const zone = spot && (zoneAt(spot, site.zones) ?? t('vehicles.away'))
      return { id: device.id, plate: plates.get(device.id) ?? device.name, device, alarm, zone }
    })
    .sort((one, other) => rank(one) - rank(other) || one.plate.localeCompare(other.plate))
  if (rows.length === 0) return <Empty title={t('vehicles.none')}>{t('vehicles.noneHelp')}</Empty>
  const moving = rows.filter(({ device }) => device.status === 'online' && speedOf(device) > 1).length
  const chosenRow = rows.find(({ id }) => id === chosen)
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.vehicles')}</h1>
        <span className="quiet">
          {t('vehicles.answer', { count: rows.length, moving: format.count(moving) })}
        </span>
      </div>
      {chosenRow ? (
        <VehicleDay
          device={chosenRow.device}
          plate={chosenRow.plate}
          onClose={() => change({ vehicle: undefined })}
        />
      ) : null}
      <VehicleTable rows={rows} chosen={chosen} link={(vehicle) => link({ vehicle })} />
    </div>
  )
}
