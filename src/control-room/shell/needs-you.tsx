/** The answer before the number: what needs a person now, each part a link to exactly those rows. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { SEVERITIES, type Severity } from '../../model/alarm.ts'
import { unacknowledged } from '../alarms/filter.ts'
import { useFireReleases } from '../alarms/fire-release.tsx'
import { devices, gatewayNotices, notifications, openAlarms, openOrders, seats } from '../api/queries.ts'
import type { Alarm, OrderState } from '../api/types.ts'
import { useNow } from '../format/now.ts'
import { isOverdue } from '../orders/clocks.ts'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMay, useSession } from '../session/use-session.ts'
import styles from './shell.module.css'
import { useCalm } from './use-calm.ts'
import { WhileAway } from './while-away.tsx'

const DAY_MS = 86_400_000

const worst = (alarms: readonly Alarm[]): Severity | undefined =>
  SEVERITIES.find((severity) => alarms.some((alarm) => alarm.severity === severity))

export function NeedsYou() {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const notices = useQuery({ ...gatewayNotices(i18n.language), enabled: may('links:read') }).data ?? []
  const alarms = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data?.items ?? []
  const isContractor = useSession().role === 'contractor'
  const orders =
    useQuery({
      ...openOrders,
      enabled: may('orders:read'),
      // What is given to somebody else has no event for whoever had it
      refetchInterval: isContractor && 60_000,
    }).data?.items ?? []
  const all = useQuery({ ...devices, enabled: may('devices:read') }).data?.items ?? []

  const names = useNames()
  const fires = useFireReleases()
  const floods = (useQuery({ ...seats, enabled: may('alarms:read') }).data?.items ?? []).filter(
    ({ flood }) => flood,
  )
  const dead = useQuery({
    ...notifications({ state: 'dead' }),
    refetchInterval: 60_000,
    enabled: may('notifications:retry'),
  }).data
  const minute = useNow(60_000)
  const yesterday = minute - DAY_MS
  const untold = (dead?.items ?? []).filter(({ triedAt }) => Date.parse(triedAt ?? '') > yesterday).length

  const unseen = alarms.filter(unacknowledged)
  const active = unseen.filter(({ clearedAt }) => clearedAt === null).length
  const dispatch = orders.filter(({ state }) => state === 'reported').length
  const manual = orders.filter((o) => o.verification.state === 'manual' && o.state === 'done').length
  const close = orders.filter(({ state }) => state === 'verified' || state === 'visited').length
  const silent = all.filter(({ status }) => status === 'silent').length
  const canMove = may('orders:create')
  const overdue = orders.filter((one) => isOverdue(one, minute)).length
  const own = (state: OrderState) => (isContractor ? orders.filter((one) => one.state === state).length : 0)
  const accept = own('dispatched')
  const finish = own('accepted')

  const needs: { key?: string; to: string; text: string; mark?: Severity | undefined }[] = []
  for (const { key, place } of fires) {
    const text = t('needs.fire', { place: names.place(place) })
    needs.push({ key, to: may('alarms:read') ? '/' : '/devices', text, mark: 'critical' })
  }
  for (const { name } of floods) {
    needs.push({ key: name, to: '/', text: t('needs.flood', { seat: names.seat(name) }), mark: 'critical' })
  }
  for (const { code, title, isUrgent } of notices) {
    const to = code === 'notify-failing' ? '/settings/notifications' : `/settings/gateway#${code}`
    needs.push({ to, text: title, mark: isUrgent ? 'critical' : 'high' })
  }
  if (unseen.length > 0) {
    needs.push({
      to: '/?state=unacknowledged',
      text:
        active === unseen.length
          ? t('needs.alarms', { count: unseen.length })
          : t('needs.alarmsSome', { count: unseen.length, active }),
      mark: worst(unseen),
    })
  }
  if (overdue > 0) {
    needs.push({ to: '/orders?due=overdue', text: t('needs.overdue', { count: overdue }), mark: 'critical' })
  }
  if (canMove && dispatch > 0) {
    needs.push({ to: '/orders?state=reported', text: t('needs.dispatch', { count: dispatch }) })
  }
  if (canMove && manual > 0)
    needs.push({ to: '/orders?state=done', text: t('needs.manual', { count: manual }) })
  if (canMove && close > 0)
    needs.push({ to: '/orders?state=verified', text: t('needs.close', { count: close }) })
  if (accept > 0) needs.push({ to: '/orders?state=dispatched', text: t('needs.accept', { count: accept }) })
  if (finish > 0) needs.push({ to: '/orders?state=accepted', text: t('needs.finish', { count: finish }) })
  if (untold > 0) {
    const to = '/settings/notifications?state=dead'
    needs.push({ to, text: t('needs.untold', { count: untold }) })
  }
  if (silent > 0) needs.push({ to: '/devices?status=silent', text: t('needs.silent', { count: silent }) })

  const calm = useCalm(needs.map(({ text }) => text).join('\n'))

  return (
    <section className={styles.needs} aria-label={t('needs.title')} aria-live="polite" aria-busy={calm}>
      <strong>{t('needs.title')}</strong>
      {needs.length > 0 ? (
        <ul>
          {needs.map(({ to, text, mark, key = to }) => (
            <li key={key}>
              <Link to={to} className={mark ? styles.urgent : undefined}>
                {mark ? <SeverityMark severity={mark} bare /> : null}
                {text}
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <span className="quiet">
          {may('alarms:read')
            ? t('needs.nothing')
            : may('orders:read')
              ? t('needs.nothingOrders')
              : t('needs.nothingSilent')}
        </span>
      )}
      <WhileAway />
    </section>
  )
}
