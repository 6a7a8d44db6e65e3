/** The board: a column a state, moved by buttons or by dragging a card to a state it may go to. */
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { useWalk } from '../keyboard/use-walk.ts'
import { useMay } from '../session/use-session.ts'
import styles from './board.module.css'
import { columnOf } from './columns.ts'
import { OrderCard } from './order-card.tsx'

type Props = {
  readonly orders: readonly WorkOrder[]
  readonly columns: readonly OrderState[]
  /** The one that a link speaks of. */
  readonly marked: string | null
  onMove(order: WorkOrder, to: OrderState): void
}

export function Board({ orders, columns, marked, onMove }: Props) {
  const { t } = useTranslation()
  const may = useMay()
  const [dragged, setDragged] = useState<WorkOrder>()
  const board = useRef<HTMLElement>(null)
  useWalk(board)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways has to be reachable by keyboard
    <section ref={board} className={styles.board} tabIndex={0} aria-label={t('orders.board')}>
      {columns.map((column) => (
        <Column
          key={column}
          state={column}
          marked={column === marked}
          orders={orders.filter((order) => columnOf(order) === column)}
          takes={dragged?.next.includes(column) ?? false}
          onTake={() => dragged && onMove(dragged, column)}
          onMove={onMove}
          onDrag={setDragged}
          mayMove={may('orders:move')}
        />
      ))}
    </section>
  )
}

type ColumnProps = {
  readonly state: OrderState
  readonly marked: boolean
  readonly orders: readonly WorkOrder[]
  readonly takes: boolean
  readonly mayMove: boolean
  onTake(): void
  onMove(order: WorkOrder, to: OrderState): void
  onDrag(order?: WorkOrder): void
}

function Column({ state, marked, orders, takes, mayMove, onTake, onMove, onDrag }: ColumnProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = ORDER_STATE_WORDS[state][useLanguage()]
  return (
    <section
      className={styles.column}
      data-takes={takes || undefined}
      data-marked={marked || undefined}
      data-empty={orders.length === 0 || undefined}
      aria-label={words}
      onDragOver={(event) => takes && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        if (takes) onTake()
      }}
    >
      <h2>
        {words} <span className="quiet">{format.count(orders.length)}</span>
      </h2>
      {orders.length === 0 ? <p className={styles.noneHere}>{t('orders.noneHere')}</p> : null}
      <ul>
        {orders.map((order) => (
          <OrderCard
            key={order.id}
            order={order}
            mayMove={mayMove}
            onMove={(to) => onMove(order, to)}
            onDrag={onDrag}
          />
        ))}
      </ul>
    </section>
  )
}
