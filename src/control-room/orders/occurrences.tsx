/** The alarms that belong to one order, newest first. */
import { useQueries } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ALARM_STATE_WORDS } from '../../model/words.ts'
import { alarm } from '../api/queries.ts'
import type { WorkOrder } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { useBecause } from '../parts/names.ts'
import styles from './board.module.css'

const SHOWN = 10

export function Occurrences({ order }: { order: WorkOrder }) {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const because = useBecause()
  const ids = order.occurrences.slice(-SHOWN).reverse()
  const found = useQueries({ queries: ids.map((id) => alarm(id)) })
  return (
    <section>
      <h3>{t('order.alarms')}</h3>
      {ids.length === 0 ? <p className="quiet">{t('order.byHand')}</p> : null}
      <ul className={styles.list}>
        {found.map(({ data }) =>
          data ? (
            <li key={data.id}>
              <Link to={`/?alarm=${data.id}`} className={styles.when}>
                {format.dayTime(data.raisedAt)}
              </Link>
              <span className="truncate" title={because(data.because, data.device)}>
                {because(data.because, data.device)}
              </span>
              <span className="quiet">{ALARM_STATE_WORDS[data.state][language]}</span>
            </li>
          ) : null,
        )}
      </ul>
      {order.occurrences.length > SHOWN ? (
        <p className="quiet">{t('order.moreAlarms', { count: order.occurrences.length - SHOWN })}</p>
      ) : null}
    </section>
  )
}
