/** One order on the board: what, where, whose, since when, and where it can go from here. */
import { Button, Menu } from '@mantine/core'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useBecause, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import styles from './board.module.css'
import { ClockLine } from './clock.tsx'
import { isEnded, movesOf, since } from './columns.ts'
import { Proof } from './proof.tsx'

type Props = {
  readonly order: WorkOrder
  readonly mayMove: boolean
  onMove(to: OrderState): void
  onDrag(order?: WorkOrder): void
}

export function OrderCard({ order, mayMove, onMove, onDrag }: Props) {
  const { t } = useTranslation()
  const names = useNames()
  const because = useBecause()
  const [lifted, setLifted] = useState(false)
  const movable = mayMove && order.next.length > 0
  const lift = (event: DragEvent) => {
    event.dataTransfer.setData('text/plain', order.id)
    event.dataTransfer.effectAllowed = 'move'
    setLifted(true)
    onDrag(order)
  }
  const drop = () => {
    setLifted(false)
    onDrag()
  }
  const [first, ...others] = movesOf(order)
  const title = t('order.named', { number: order.number, title: names.order(order) })
  return (
    <li
      className={styles.card}
      draggable={movable}
      data-lifted={lifted || undefined}
      data-row={order.id}
      onDragStart={lift}
      onDragEnd={drop}
    >
      <div className={styles.cardTop}>
        <SeverityMark severity={order.severity} bare over={isEnded(order)} />
        <Link to={`/orders/${order.id}`} data-row-link className={styles.cardTitle}>
          {title}
        </Link>
      </div>
      <p className="truncate">{names.where(order)}</p>
      <p className={styles.cardMeta}>
        <span>{order.assignee ?? <span className="quiet">{t('order.unassigned')}</span>}</span>
        <span className="quiet">
          <Age at={since(order)} since />
        </span>
        {order.occurrences.length > 1 ? (
          <span className="quiet">{t('order.occurrences', { count: order.occurrences.length })}</span>
        ) : null}
      </p>
      {order.state === 'done' ? (
        <Proof order={order} />
      ) : order.awaits ? (
        <p className="quiet">{because(order.awaits)}</p>
      ) : null}
      {isEnded(order) ? null : (
        <p>
          <ClockLine order={order} />
        </p>
      )}
      {movable && first ? (
        <div className={`${styles.moves} no-print`}>
          <Button variant="default" size="compact-xs" onClick={() => onMove(first.to)}>
            {t(first.name)}
          </Button>
          {others.length > 0 ? (
            <Menu position="bottom-start" transitionProps={{ duration: 0 }}>
              <Menu.Target>
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  aria-label={t('order.moreMoves', { title })}
                >
                  {t('order.more')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {others.map(({ to, name }) => (
                  <Menu.Item key={to} onClick={() => onMove(to)}>
                    {t(name)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          ) : null}
        </div>
      ) : null}
    </li>
  )
}
