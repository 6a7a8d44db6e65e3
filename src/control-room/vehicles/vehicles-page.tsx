/** Who is where, by the zones of the site: exceptions first, then what moves; the day of the chosen one as a strip. */

import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { SEVERITIES } from '../../model/alarm.ts'
import { openAlarms, site as siteQuery } from '../api/queries.ts'
import type { Alarm, Device } from '../api/types.ts'
import { Status } from '../devices/status.tsx'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { spotOf } from '../map/layers.ts'
import { useDevices, useNames } from '../parts/names.ts'
import { useValue } from '../parts/points.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { useMay } from '../session/use-session.ts'
import { VehicleDay } from './vehicle-day.tsx'
import styles from './vehicles.module.css'
import { zoneAt } from './zone.ts'

type Row = {
  readonly id: string
  readonly plate: string
  readonly device: Device
  readonly alarm: Alarm | undefined
  /** The zone it is in, or was when it was last heard. */
  readonly zone: string | undefined
}

const idOf = ({ id }: Row) => id
const speedOf = ({ latest }: Device) => (typeof latest.speed?.value === 'number' ? latest.speed.value : 0)

/** Alarms by severity, then the silent, then what moves, then the rest; names break ties, so rows keep their places. */
const rank = ({ alarm, device }: Row): number => {
  if (alarm) return SEVERITIES.indexOf(alarm.severity)
  if (device.status !== 'online') return 10
  return speedOf(device) > 1 ? 20 : 30
}

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const show = useValue()
  const names = useNames()
  const may = useMay()
  const devices = useDevices()
  const { asked, change, link } = useAddress()
  const { data: site, error, refetch } = useQuery(siteQuery)
  const alarms = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data?.items ?? []
  const narrow = useMediaQuery('(max-width: 60em)') ?? false
  const chosen = asked.get('vehicle') ?? undefined
  useKeys({ Escape: () => change({ vehicle: undefined }) })

  if (!site) return error ? <Failed cause={error} retry={() => void refetch()} /> : <Loading />
  const plates = new Map(site.vehicles.map(({ device, plate }) => [device, plate]))
  const rows = [...devices.values()]
    .filter(({ family }) => family === 'vehicle-tracker')
    .map((device): Row => {
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
  const columns = narrow
    ? '7rem minmax(0, 1fr) 5.5rem'
    : '7.5rem minmax(8rem, 1fr) minmax(9rem, 1fr) minmax(9rem, 1.1fr) 6.5rem 6.5rem 4.5rem 6rem 7rem'
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
      <VirtualRows
        rows={rows}
        idOf={idOf}
        height={2.25}
        label={t('place.vehicles')}
        columns={columns}
        selected={chosen}
        head={
          <>
            <th scope="col">{t('vehicles.plate')}</th>
            {narrow ? null : (
              <>
                <th scope="col">{t('vehicles.name')}</th>
                <th scope="col">{t('alarms.where')}</th>
              </>
            )}
            <th scope="col">{t(narrow ? 'vehicles.alarmOrWhere' : 'vehicles.alarm')}</th>
            {narrow ? null : <th scope="col">{t('devices.status')}</th>}
            <th scope="col" className="num">
              {t('point.speed')}
            </th>
            {narrow ? null : (
              <>
                <th scope="col">{t('point.ignition')}</th>
                <th scope="col" className="num">
                  {t('point.fuel')}
                </th>
                <th scope="col">{t('devices.seen')}</th>
              </>
            )}
          </>
        }
        draw={({ id, plate, device, alarm, zone }) => {
          const { speed, ignition, fuel } = device.latest
          return (
            <>
              <td className="truncate">
                <Link to={link({ vehicle: id })} data-row-link style={{ color: 'var(--ink)' }}>
                  {plate}
                </Link>
              </td>
              {narrow ? null : (
                <>
                  <td className="truncate quiet" title={device.name}>
                    {device.name}
                  </td>
                  <td className="truncate">{zone ? <Link to={`/map?device=${id}`}>{zone}</Link> : null}</td>
                </>
              )}
              <td className="truncate">
                {alarm ? (
                  <Link to={`/?alarm=${alarm.id}`} className={styles.alarm}>
                    <SeverityMark severity={alarm.severity} seen={alarm.acknowledged !== undefined} bare />
                    <span className="truncate">{names.rule(alarm.rule)}</span>
                  </Link>
                ) : narrow ? (
                  <span className="quiet">{zone}</span>
                ) : null}
              </td>
              {narrow ? null : (
                <td>
                  <Status of={device} />
                </td>
              )}
              <td className="num">{speed ? show(speed.value, speed.unit) : ''}</td>
              {narrow ? null : (
                <>
                  <td className="quiet">
                    {ignition ? t(ignition.value ? 'vehicles.on' : 'vehicles.off') : ''}
                  </td>
                  <td className="num">{fuel ? show(fuel.value, fuel.unit) : ''}</td>
                  <td className="quiet">
                    {device.lastSeenAt === null ? t('status.never-seen') : <Age at={device.lastSeenAt} />}
                  </td>
                </>
              )}
            </>
          )
        }}
      />
    </div>
  )
}
