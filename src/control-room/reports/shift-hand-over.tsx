/**
 * What the next shift takes over: alarms that stand or that nobody has seen, orders under way, what is kept
 * quiet, and the gateway's own troubles.
 */

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { chosen, filterOf } from '../alarms/filter.ts'
import { gatewayNotices, openAlarms, openOrders, outOfService, suppressedAlarms } from '../api/queries.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { gatewayNow } from '../live/status.ts'
import { actor } from '../parts/actor.ts'
import { useDevices, useNames } from '../parts/names.ts'
import { useMay } from '../session/use-session.ts'
import { faultsOf, OpenAlarms, OpenOrders } from './hand-over-tables.tsx'
import styles from './reports.module.css'

const SHOWN = 50

export function HandOver() {
  const { t } = useTranslation()
  const may = useMay()
  const language = useLanguage()
  const names = useNames()
  const now = useNow(30_000)
  const alarms = chosen(
    useQuery(openAlarms).data?.items ?? [],
    filterOf(new URLSearchParams()),
    names,
    now,
  ).filter(({ state }) => state !== 'cleared')
  const faults = faultsOf(alarms)
  const orders = useQuery({ ...openOrders, enabled: may('orders:read') }).data?.items ?? []
  const open = orders.filter(({ state }) => state !== 'closed' && state !== 'cancelled')
  const notices = useQuery({ ...gatewayNotices(language), enabled: may('links:read') }).data ?? []
  const silent = [...useDevices().values()].filter(({ status }) => status === 'silent').length
  return (
    <section className={styles.handOver}>
      <h2>{t('shift.open')}</h2>
      {notices.map(({ code, title, detail }) => (
        <p key={code + detail}>
          <Link to={`/settings/gateway#${code}`}>{title}</Link> <span className="quiet">{detail}</span>
        </p>
      ))}
      {silent > 0 ? (
        <p>
          <Link to="/devices?status=silent">{t('needs.silent', { count: silent })}</Link>
        </p>
      ) : null}
      <Quiet />
      <div className={styles.columns}>
        <div>
          <h3>{t('shift.openAlarms', { count: alarms.length })}</h3>
          {alarms.length > 0 ? (
            <OpenAlarms faults={faults.slice(0, SHOWN)} />
          ) : (
            <p className="quiet">{t('shift.openNothing')}</p>
          )}
          <More all={faults.length} to="/" />
        </div>
        <div>
          <h3>{t('shift.openOrders', { count: open.length })}</h3>
          {open.length > 0 ? (
            <OpenOrders orders={open.slice(0, SHOWN)} />
          ) : (
            <p className="quiet">{t('shift.openNothing')}</p>
          )}
          <More all={open.length} to="/orders?view=list" />
        </div>
      </div>
    </section>
  )
}

function More({ all, to }: { all: number; to: string }) {
  const { t } = useTranslation()
  return all > SHOWN ? (
    <p>
      <Link to={to}>{t('shift.more', { count: all - SHOWN })}</Link>
    </p>
  ) : null
}

/** What does not ring, until when and why: a shelf that ends in the next shift is its business. */
function Quiet() {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const services = useQuery(outOfService).data?.items ?? []
  const shelved = (useQuery(suppressedAlarms).data?.items ?? []).flatMap(
    ({ id, rule, device, suppression }) =>
      suppression?.by === 'shelved' && Date.parse(suppression.until) > gatewayNow()
        ? [
            {
              id,
              name: t('alarms.named', { rule: names.rule(rule), device: names.device(device) }),
              ...suppression,
            },
          ]
        : [],
  )
  if (services.length === 0 && shelved.length === 0) return null
  return (
    <ul className={styles.quiet}>
      {services.map(({ kind, id, until, reason, who }) => (
        <li key={`${kind} ${id}`}>
          <strong>{kind === 'device' ? names.device(id) : names.place({ institution: '', zone: id })}</strong>{' '}
          {t('service.is', { time: format.dayTime(until), reason, by: actor(who, t) })}
        </li>
      ))}
      {shelved.map(({ id, name, until, reason, who }) => (
        <li key={id}>
          <Link to={`/?state=suppressed&alarm=${id}`}>{name}</Link>{' '}
          {t('shift.shelved', { time: format.dayTime(until), reason, by: actor(who, t) })}
        </li>
      ))}
    </ul>
  )
}
