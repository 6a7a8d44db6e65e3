/** A row a vehicle: where it is, what is wrong with it, and what it last said; on a telephone the three that matter. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Alarm, Device } from '../api/types.ts'
import { Status } from '../devices/status.tsx'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useNames } from '../parts/names.ts'
import { useValue } from '../parts/points.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMedia } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import styles from './vehicles.module.css'

export type VehicleRow = {
  readonly id: string
  readonly plate: string
  readonly device: Device
  readonly alarm: Alarm | undefined
  /** The zone it is in, or was when it was last heard. */
  readonly zone: string | undefined
}

const idOf = ({ id }: VehicleRow) => id

type Props = {
  readonly rows: readonly VehicleRow[]
  readonly chosen: string | undefined
  link(vehicle: string): string
}

export function VehicleTable({ rows, chosen, link }: Props) {
  const { t } = useTranslation()
  const show = useValue()
  const format = useFormat()
  /** Below each other, and no finer than anybody drives. */
  const figure = ({ value, unit }: Device['latest'][string], digits: number) =>
    typeof value === 'number' && unit
      ? t('value.withUnit', { value: format.fixed(value, digits), unit })
      : show(value, unit)
  const names = useNames()
  const narrow = useMedia('(max-width: 60em)')
  const columns = narrow
    ? '7rem minmax(0, 1fr) 5.5rem'
    : '7.5rem minmax(8rem, 1fr) minmax(9rem, 1fr) minmax(9rem, 1.1fr) 6.5rem 6.5rem 4.5rem 6rem 7rem'
  return (
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
              <Link to={link(id)} data-row-link style={{ color: 'var(--ink)' }}>
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
            <td className="num">{speed ? figure(speed, 0) : ''}</td>
            {narrow ? null : (
              <>
                <td className="quiet">
                  {ignition ? t(ignition.value ? 'vehicles.on' : 'vehicles.off') : ''}
                </td>
                <td className="num">{fuel ? figure(fuel, 1) : ''}</td>
                <td className="quiet">
                  {device.lastSeenAt === null ? t('status.never-seen') : <Age at={device.lastSeenAt} />}
                </td>
              </>
            )}
          </>
        )
      }}
    />
  )
}
