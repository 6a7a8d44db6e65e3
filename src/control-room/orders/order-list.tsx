/** The orders as rows: what, where, in which state since when, whose, and the next step. */
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMedia } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './board.module.css'
import { ClockLine } from './clock.tsx'
import { isEnded, movesOf, since } from './columns.ts'

const WIDE =
  '5.5rem minmax(11rem, 1.3fr) minmax(12rem, 1.6fr) 6rem 5rem minmax(11rem, 0.8fr) minmax(7rem, 0.8fr) 7.5rem'
const NARROW = '1.25rem minmax(0, 1fr) auto'

const idOf = ({ id }: WorkOrder) => id

type Props = { readonly orders: readonly WorkOrder[]; onMove(order: WorkOrder, to: OrderState): void }

export function OrderList({ orders, onMove }: Props) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const mayMove = useMay()('orders:move')
  const narrow = useMedia('(max-width: 60em)')
  return (
    <div className={styles.rows}>
      <VirtualRows
        rows={orders}
        idOf={idOf}
        height={narrow ? 4 : 2.375}
        label={t('place.orders')}
        columns={narrow ? NARROW : WIDE}
        head={
          <>
            <th scope="col">{narrow ? null : t('alarms.column.severity')}</th>
            <th scope="col">{t('alarms.column.order')}</th>
            {narrow ? null : (
              <>
                <th scope="col">{t('alarms.column.where')}</th>
                <th scope="col">{t('alarms.state')}</th>
                <th scope="col">{t('alarms.column.since')}</th>
                <th scope="col">{t('order.clock')}</th>
                <th scope="col">{t('order.assignee')}</th>
              </>
            )}
            <th scope="col">{narrow ? t('alarms.state') : t('orders.next')}</th>
          </>
        }
        draw={(order) => {
          const [first] = mayMove ? movesOf(order) : []
          const state = ORDER_STATE_WORDS[order.state][language]
          const title = t('order.named', { number: order.number, title: names.order(order) })
          return (
            <>
              <td>
                <SeverityMark severity={order.severity} over={isEnded(order)} bare={narrow} />
              </td>
              <td className="truncate" title={title}>
                <Link to={`/orders/${order.id}`} data-row-link className={styles.cardTitle}>
                  {title}
                </Link>
                {narrow ? <span className={styles.under}>{names.where(order)}</span> : null}
                {narrow ? (
                  <span className={styles.under}>
                    {isEnded(order) ? order.assignee : <ClockLine order={order} />}
                  </span>
                ) : null}
              </td>
              {narrow ? (
                <td>{state}</td>
              ) : (
                <>
                  <td className="truncate" title={names.where(order)}>
                    {names.where(order)}
                  </td>
                  <td>{state}</td>
                  <td className="quiet">
                    <Age at={since(order)} since />
                  </td>
                  <td className="truncate">{isEnded(order) ? null : <ClockLine order={order} />}</td>
                  <td className="truncate">
                    {order.assignee ?? <span className="quiet">{t('order.unassigned')}</span>}
                  </td>
                  <td className="no-print">
                    {first ? (
                      <Button variant="default" size="compact-xs" onClick={() => onMove(order, first.to)}>
                        {t(first.name)}
                      </Button>
                    ) : null}
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
