/** One line of the wall: what, where, since when, why in figures, and what is being done about it. */
import { UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { Alarm, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { actor } from '../parts/actor.ts'
import { type Names, useBecause } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './alarm-row.module.css'
import type { Filter } from './filter.ts'
import { Quiet } from './quiet.tsx'

export type Layout = 'wide' | 'compact' | 'narrow'

/** Columns and the height of a row in rem. Compact rows have the reason under the name, narrow ones the place too. */
export const LAYOUTS: Readonly<Record<Layout, { columns: string; height: number }>> = {
  wide: {
    columns:
      '5.5rem 5.5rem minmax(9rem, 0.9fr) minmax(12rem, 1.5fr) minmax(12rem, 1.6fr) minmax(7rem, 0.6fr) minmax(7.5rem, 0.6fr)',
    height: 2.375,
  },
  compact: {
    columns: '5.5rem 5.5rem minmax(0, 1.2fr) minmax(0, 1fr) 7rem 7.5rem',
    height: 3.125,
  },
  narrow: { columns: '1.25rem minmax(0, 1fr) auto', height: 4.75 },
}

/** Nobody has to act on it any more; one that cleared unseen keeps its colour until it is acknowledged. */
export const isOver = ({ state }: Alarm): boolean => state === 'cleared'

export const rowState = (alarm: Alarm): string | undefined =>
  alarm.state === 'cleared'
    ? styles.over
    : alarm.acknowledged || alarm.suppression
      ? styles.seen
      : alarm.clearedAt === null
        ? styles.unseen
        : styles.returned

type HeadProps = { filter: Filter; layout: Layout; link(to: { sort: string }): string }

export function AlarmHead({ filter, layout, link }: HeadProps) {
  const { t } = useTranslation()
  const sorts = (by: Filter['sort']) => ({
    'aria-sort': filter.sort === by ? ('descending' as const) : ('none' as const),
  })
  return (
    <>
      <th scope="col" {...sorts('severity')}>
        <Link to={link({ sort: '' })} className={styles.sortSeverity}>
          {t('alarms.column.severity')}
        </Link>
      </th>
      <th scope="col" {...sorts('newest')} className={styles.wide}>
        <Link to={link({ sort: 'newest' })}>{t('alarms.column.since')}</Link>
      </th>
      <th scope="col">{t('alarms.column.what')}</th>
      <th scope="col" className={styles.wide}>
        {t('alarms.column.where')}
      </th>
      {layout === 'wide' ? <th scope="col">{t('alarms.column.why')}</th> : null}
      <th scope="col" className={styles.wide}>
        {t('alarms.column.order')}
      </th>
      <th scope="col">{t('alarms.column.acknowledged')}</th>
    </>
  )
}

/** Others had to be told because nobody answered. */
function Escalated({ alarm: { escalated, state } }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!escalated || state !== 'active-unacknowledged') return null
  const { at, step, of, policy } = escalated
  const title = t('escalation.taken', { time: format.dayTime(at), step, of, policy })
  return (
    <strong className={styles.escalated} title={title}>
      {t('escalation.short', { step, of })}
    </strong>
  )
}

/** It stands for later ones that nobody answered either. */
function Repeats({ of: { repeats } }: { of: Alarm }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!repeats) return null
  const { count, firstAt, lastAt } = repeats
  const times = { from: format.dayTime(firstAt), to: format.dayTime(lastAt) }
  return <span title={t('alarms.repeats', { count, ...times })}>{t('alarms.repeatsShort', { count })}</span>
}

type Props = {
  readonly alarm: Alarm
  readonly names: Names
  readonly layout: Layout
  readonly order: WorkOrder | undefined
  readonly to: string
  readonly onAcknowledge: (() => void) | undefined
}

export function AlarmCells({ alarm, names, layout, order, to, onAcknowledge }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const because = useBecause()
  const language = useLanguage()
  const where = t('where', { place: names.place(alarm.place), device: names.device(alarm.device) })
  return (
    <>
      <td className={styles.severity}>
        <SeverityMark
          severity={alarm.severity}
          seen={alarm.acknowledged !== undefined || alarm.suppression !== null}
          over={isOver(alarm) || alarm.suppression !== null}
        />
      </td>
      <td className={`${styles.since} quiet`}>
        {alarm.clearedAt === null ? (
          <Age at={alarm.raisedAt} since />
        ) : (
          <time dateTime={alarm.clearedAt} title={format.absolute(alarm.clearedAt)}>
            {t('alarms.until', { time: format.clock(alarm.clearedAt) })}
          </time>
        )}
      </td>
      <td className={styles.what}>
        <Link to={to} data-row-link className={`${styles.link} truncate`}>
          {names.rule(alarm.rule)} <Repeats of={alarm} />
        </Link>
        {layout === 'narrow' ? <span className={styles.under}>{where}</span> : null}
        {layout === 'wide' ? null : (
          <span className={styles.under} title={because(alarm.because, alarm.device)}>
            {because(alarm.because, alarm.device)}
          </span>
        )}
      </td>
      <td className={`${styles.wide} truncate`} title={where}>
        {layout === 'wide' ? where : names.device(alarm.device)}
        {layout === 'compact' ? <span className={styles.under}>{names.place(alarm.place)}</span> : null}
      </td>
      {layout === 'wide' ? (
        <td className="truncate" title={because(alarm.because, alarm.device)}>
          {because(alarm.because, alarm.device)}
        </td>
      ) : null}
      <td className={`${styles.wide} truncate`}>
        {alarm.order === null ? (
          <span className="quiet">{t('none')}</span>
        ) : (
          <Link to={`/orders/${alarm.order}`}>
            {order
              ? t('order.short', { number: order.number, state: ORDER_STATE_WORDS[order.state][language] })
              : t('alarms.toOrder')}
          </Link>
        )}
      </td>
      <td className={styles.seenBy}>
        {alarm.suppression ? (
          <Quiet suppression={alarm.suppression} />
        ) : alarm.acknowledged ? (
          <span className="truncate quiet" title={alarm.acknowledged.note}>
            {t('alarms.by', {
              by: actor(alarm.acknowledged.by, t),
              time: format.clock(alarm.acknowledged.at),
            })}
          </span>
        ) : (
          <>
            {onAcknowledge ? (
              <UnstyledButton className={styles.button} onClick={onAcknowledge}>
                {t('alarms.acknowledge')}
              </UnstyledButton>
            ) : (
              <span className="quiet">{t('alarms.notSeen')}</span>
            )}
            <Escalated alarm={alarm} />
          </>
        )}
      </td>
    </>
  )
}
