/**
 * The campus: zones, devices, vehicles and, above all, alarms. The list beside it holds the same things for
 * the keyboard.
 */
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { SEVERITIES } from '../../model/alarm.ts'
import { FireReleases } from '../alarms/fire-release.tsx'
import { openAlarms, site as siteQuery } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useKeys } from '../keyboard/use-keys.ts'
import { useDevices, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useHeld } from '../parts/use-held.ts'
import { useMay } from '../session/use-session.ts'
import { DeviceCard } from './device-card.tsx'
import { Legend } from './legend.tsx'
import styles from './map.module.css'
import { SiteMap } from './site-map.tsx'

/** The worst ones; beside a map nobody reads a thousand. */
const LISTED = 50
const idOf = ({ id }: Alarm) => id

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const names = useNames()
  const devices = useDevices()
  const { asked, change, link } = useAddress()
  const here = useQuery(siteQuery)
  const { data: site } = here
  const open = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data
  const alarms = useMemo(
    () =>
      (open?.items ?? [])
        .filter(({ clearedAt, suppression }) => clearedAt === null && !suppression)
        .sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity)),
    [open],
  )
  const side = useRef<HTMLElement>(null)
  const { rows } = useHeld(
    alarms.slice(0, LISTED),
    idOf,
    (id) => open?.items.find((alarm) => alarm.id === id),
    '',
    side,
  )
  const nameAlarm = useCallback(
    (alarm: Alarm) => t('alarms.named', { rule: names.rule(alarm.rule), device: names.device(alarm.device) }),
    [t, names],
  )
  const chosen = asked.get('device') ?? undefined
  const device = chosen === undefined ? undefined : devices.get(chosen)
  useKeys({ Escape: () => change({ device: undefined }) })

  if (!site) return <Unanswered of={here} />
  if (site.zones.features.length === 0 && devices.size === 0) {
    return <Empty title={t('map.none')}>{t('map.noneHelp')}</Empty>
  }
  return (
    <div className={styles.page}>
      <h1 className={styles.hidden}>{t('place.map')}</h1>
      <SiteMap
        site={site}
        devices={devices}
        alarms={alarms}
        chosen={chosen}
        label={t('map.label', { site: site.name })}
        nameAlarm={nameAlarm}
        onChoose={(id) => change({ device: id })}
      />
      <aside ref={side} className={styles.side} aria-label={t('map.side')}>
        <FireReleases />
        {device ? (
          <DeviceCard device={device} alarms={alarms} onClose={() => change({ device: undefined })} />
        ) : null}
        {may('alarms:read') ? (
          <section>
            <h3>{t('map.alarms')}</h3>
            {alarms.length === 0 ? <p className="quiet">{t('map.calm')}</p> : null}
            <ul className={styles.list}>
              {rows.map((alarm) => (
                <li key={alarm.id}>
                  <SeverityMark severity={alarm.severity} seen={alarm.acknowledged !== undefined} bare />
                  <Link to={link({ device: alarm.device })}>{nameAlarm(alarm)}</Link>
                  <span className="quiet">
                    <Age at={alarm.raisedAt} since />
                  </span>
                </li>
              ))}
            </ul>
            {alarms.length > LISTED ? (
              <p>
                <Link to="/?state=active">{t('map.more', { count: alarms.length - LISTED })}</Link>
              </p>
            ) : null}
          </section>
        ) : null}
        <Legend />
      </aside>
    </div>
  )
}
