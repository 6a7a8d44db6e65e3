/** Who did what, when: the trail as the gateway keeps it, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { audit } from '../api/queries.ts'
import type { AuditEntry } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { actor } from '../parts/actor.ts'
import { Earlier } from '../parts/earlier.tsx'
import { type Column, FiguresTable } from '../parts/figures-table.tsx'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useAuditDetails } from './audit-details.ts'
import { AuditFilter, questionOf } from './audit-filter.tsx'
import styles from './settings.module.css'

const ACTIONS = {
  'alarm.acknowledged': 'action.alarm-acknowledged',
  'alarm.escalated': 'action.alarm-escalated',
  'alarm.reset': 'action.alarm-reset',
  'alarm.shelved': 'action.alarm-shelved',
  'alarm.unshelved': 'action.alarm-unshelved',
  'journal.rebased': 'action.journal-rebased',
  'notification.retried': 'action.notification-retried',
  'notifications.retried': 'action.notifications-retried',
  'order.created': 'action.order-created',
  'order.joined': 'action.order-joined',
  'order.moved': 'action.order-moved',
  'books.cut': 'action.books-cut',
  'audit.cut': 'action.audit-cut',
  'rules.changed': 'action.rules-changed',
  'rules.released': 'action.rules-released',
  'service.ended': 'action.service-ended',
  'service.taken': 'action.service-taken',
  'session.ended': 'action.session-ended',
  'session.opened': 'action.session-opened',
  'session.refused': 'action.session-refused',
  'token.created': 'action.token-created',
  'token.revoked': 'action.token-revoked',
  'user.created': 'action.user-created',
  'user.password-changed': 'action.user-password-changed',
  'user.password-set': 'action.user-password-set',
  'user.removed': 'action.user-removed',
  'device.token-issued': 'action.device-token-issued',
  'bridge.token-issued': 'action.bridge-token-issued',
  'device.tokens-issued': 'action.device-tokens-issued',
} as const

/** In words where the page has some; what it does not know stands as it was noted. */
function Action({ of }: { of: string }) {
  const { t } = useTranslation()
  return <span title={of}>{of in ACTIONS ? t(ACTIONS[of as keyof typeof ACTIONS]) : of}</span>
}

/** What was done to an alarm or an order is a link to it. */
function Subject({ of: { action, subject } }: { of: AuditEntry }) {
  if (action.startsWith('alarm.')) return <Link to={`/?alarm=${subject}`}>{subject.slice(0, 8)}</Link>
  if (action.startsWith('order.')) return <Link to={`/orders/${subject}`}>{subject.slice(0, 8)}</Link>
  return subject
}

/** As much as stands in two lines; a start of the gateway notes every rule that it found. */
const SHORT = 160

function Details({ text }: { text: string }) {
  if (text.length <= SHORT) return <span className="quiet">{text}</span>
  return (
    <details className={`${styles.folded} quiet`}>
      <summary>{text.slice(0, SHORT)} …</summary>
      {text.slice(SHORT)}
    </details>
  )
}

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const words = useAuditDetails()
  const { asked, link } = useAddress()
  const question = questionOf(asked, format.timeZone)
  const trail = useInfiniteQuery(audit(question))
  if (!trail.data) return <Unanswered of={trail} />
  const items = trail.data.pages.flatMap((page) => page.items)
  const columns: Column<AuditEntry>[] = [
    { head: t('audit.number'), is: 'wide', cell: ({ id }) => <span className="quiet">{id}</span> },
    { head: t('audit.at'), cell: ({ at }) => <time dateTime={at}>{format.dayTimeSeconds(at)}</time> },
    { head: t('audit.by'), cell: ({ by }) => <Link to={link({ by })}>{actor(by, t)}</Link> },
    { head: t('audit.action'), cell: ({ action }) => <Action of={action} /> },
    { head: t('audit.subject'), cell: (entry) => <Subject of={entry} /> },
    {
      head: t('audit.details'),
      is: 'text',
      cell: (entry) => <Details text={words(entry)} />,
    },
  ]
  return (
    <section className={styles.wide}>
      <h2>{t('settings.page.audit')}</h2>
      <p className="quiet">{t('audit.help')}</p>
      <AuditFilter />
      {items.length > 0 ? (
        <FiguresTable rows={items} idOf={({ id }) => id} columns={columns} />
      ) : (
        <Empty title={t(Object.keys(question).length > 0 ? 'audit.noneSuch' : 'audit.none')} />
      )}
      <Earlier of={trail} />
    </section>
  )
}
