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
import { useNames } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useAuditDetails } from './audit-details.ts'
import { AuditFilter, questionOf } from './audit-filter.tsx'
import { ACTIONS, type KnownAction, NOUNS } from './audit-words.ts'
import styles from './settings.module.css'

/** In words where the page has some; what it does not know stands as it was noted. */
function Action({ of }: { of: string }) {
  const { t } = useTranslation()
  return <span title={of}>{of in ACTIONS ? t(ACTIONS[of as KnownAction]) : of}</span>
}

/** What there is a page of is a link to it; what is all of a kind has its word. */
function Subject({ of: { action, subject, details } }: { of: AuditEntry }) {
  const { t } = useTranslation()
  const names = useNames()
  const noun = NOUNS.find((one) => one === subject)
  if (action.startsWith('alarm.')) return <Link to={`/?alarm=${subject}`}>{subject.slice(0, 8)}</Link>
  if (action.startsWith('order.')) return <Link to={`/orders/${subject}`}>{subject.slice(0, 8)}</Link>
  if (action.startsWith('service.') && details.kind === 'zone') return names.zone(subject)
  if (action.startsWith('service.') || action === 'device.token-issued') {
    return <Link to={`/devices/${encodeURIComponent(subject)}`}>{names.device(subject)}</Link>
  }
  if (action === 'books.cut') return t('audit.noun.books')
  return noun === action.split('.')[0] ? t(`audit.noun.${noun as 'rules'}`) : subject
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
