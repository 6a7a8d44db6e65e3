/** One line of the wall: what, where, since when, why in figures, and what is being done about it. */
import { UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { Alarm, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { type Names, useBecause } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './alarm-row.module.css'
import type { Filter } from './filter.ts'

export const COLUMNS =
  '6rem 4.25rem minmax(9rem, 1.1fr) minmax(10rem, 1.5fr) minmax(11rem, 1.8fr) minmax(7rem, 0.7fr) minmax(7.5rem, 0.6fr)'
export const NARROW_COLUMNS = '1.25rem minmax(0, 1fr) auto'

export const isOver = ({ state }: Alarm): boolean => state === 'cleared' || state === 'cleared-unacknowledged'

export const rowState = (alarm: Alarm): string | undefined =>
  alarm.state === 'cleared' ? styles.over : alarm.acknowledged ? styles.seen : styles.unseen

export function AlarmHead({ filter, link }: { filter: Filter; link(to: { sort: string }): string }) {
  const { t } = useTranslation()
  const sorts = (by: Filter['sort']) => ({
    'aria-sort': filter.sort === by ? ('descending' as const) : ('none' as const),
  })
  return (
    <>
      <th scope="col" {...sorts('severity')}>
        <Link to={link({ sort: '' })}>{t('alarms.column.severity')}</Link>
      </th>
      <th scope="col" {...sorts('newest')} className={styles.wide}>
        <Link to={link({ sort: 'newest' })}>{t('alarms.column.since')}</Link>
      </th>
      <th scope="col">{t('alarms.column.what')}</th>
      <th scope="col" className={styles.wide}>
        {t('alarms.column.where')}
      </th>
      <th scope="col" className={styles.wide}>
        {t('alarms.column.why')}
      </th>
      <th scope="col" className={styles.wide}>
        {t('alarms.column.order')}
      </th>
      <th scope="col">{t('alarms.column.acknowledged')}</th>
    </>
  )
}

type Props = {
  readonly alarm: Alarm
  readonly names: Names
  readonly order: WorkOrder | undefined
  readonly to: string
  readonly onAcknowledge: (() => void) | undefined
}

export function AlarmCells({ alarm, names, order, to, onAcknowledge }: Props) {
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
          seen={alarm.acknowledged !== undefined}
          over={isOver(alarm)}
        />
      </td>
      <td className={`${styles.since} quiet`}>
        {alarm.clearedAt === null ? (
          <Age at={alarm.raisedAt} since />
        ) : (
          <time dateTime={alarm.raisedAt} title={format.absolute(alarm.raisedAt)}>
            {format.clock(alarm.raisedAt)}
          </time>
        )}
      </td>
      <td className={styles.what}>
        <Link to={to} data-row-link className={`${styles.link} truncate`}>
          {names.rule(alarm.rule)}
        </Link>
        <span className={styles.under}>{where}</span>
        <span className={styles.under}>{because(alarm.because)}</span>
      </td>
      <td className={`${styles.wide} truncate`} title={where}>
        {where}
      </td>
      <td className={`${styles.wide} truncate`} title={because(alarm.because)}>
        {because(alarm.because)}
      </td>
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
        {alarm.acknowledged ? (
          <span className="truncate quiet" title={alarm.acknowledged.note}>
            {t('alarms.by', { by: alarm.acknowledged.by, time: format.clock(alarm.acknowledged.at) })}
          </span>
        ) : onAcknowledge ? (
          <UnstyledButton className={styles.button} onClick={onAcknowledge}>
            {t('alarms.acknowledge')}
          </UnstyledButton>
        ) : (
          <span className="quiet">{t('alarms.notSeen')}</span>
        )}
      </td>
    </>
  )
}
