/** The board of work orders: a column a state, moved by buttons or by dragging a card to a state it may go to. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { endedOrders, openOrders } from '../api/queries.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { useNames } from '../parts/names.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { focusedRow } from '../parts/virtual-rows.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './board.module.css'
import { COLUMNS, columnOf, ENDED, isEnded } from './columns.ts'
import { MoveDialog, type Moving } from './move-dialog.tsx'
import { OrderCard } from './order-card.tsx'

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const navigate = useNavigate()
  const names = useNames()
  const { asked, change } = useAddress()
  const open = useQuery(openOrders)
  const withEnded = asked.get('ended') === 'shown'
  const closed = useQuery({ ...endedOrders('closed'), enabled: withEnded })
  const cancelled = useQuery({ ...endedOrders('cancelled'), enabled: withEnded })
  const [moving, setMoving] = useState<Moving>()
  const [dragged, setDragged] = useState<WorkOrder>()
  const board = useRef<HTMLElement>(null)

  const state = asked.get('state')
  const text = (asked.get('q') ?? '').toLowerCase()
  const fits = (order: WorkOrder) =>
    [`#${order.number}`, names.order(order), order.title, order.assignee ?? '', names.device(order.device)]
      .join(' ')
      .toLowerCase()
      .includes(text)
  const all = [
    ...(open.data?.items.filter((order) => !isEnded(order)) ?? []),
    ...(withEnded ? [...(closed.data?.items ?? []), ...(cancelled.data?.items ?? [])] : []),
  ].filter(fits)
  const columns: readonly OrderState[] = withEnded ? [...COLUMNS, ...ENDED] : COLUMNS

  const walk = (by: number) => {
    const links = [...(board.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])]
    const at = links.indexOf(document.activeElement as HTMLElement)
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus()
  }
  useKeys({
    j: () => walk(1),
    k: () => walk(-1),
    o() {
      const id = focusedRow()
      if (id) void navigate(`/orders/${id}`)
    },
  })

  if (open.isPending) return <Loading />
  if (open.error && !open.data) return <Failed cause={open.error} retry={() => void open.refetch()} />
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.orders')}</h1>
        <TextInput
          className="no-print"
          aria-label={t('orders.find')}
          placeholder={t('orders.find')}
          value={asked.get('q') ?? ''}
          onChange={(event) => change({ q: event.currentTarget.value }, true)}
        />
        <Button
          className="no-print"
          variant="default"
          aria-pressed={withEnded}
          onClick={() => change({ ended: withEnded ? undefined : 'shown' })}
        >
          {withEnded ? t('orders.hideEnded') : t('orders.showEnded')}
        </Button>
      </div>
      {all.length === 0 ? (
        <Empty title={text ? t('orders.noneFilter') : t('orders.none')}>
          {text ? null : t('orders.noneHelp')}
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways has to be reachable by keyboard
        <section ref={board} className={styles.board} tabIndex={0} aria-label={t('orders.board')}>
          {columns.map((column) => (
            <Column
              key={column}
              state={column}
              marked={column === state}
              orders={all.filter((order) => columnOf(order) === column)}
              takes={dragged?.next.includes(column) ?? false}
              onTake={() => dragged && setMoving({ order: dragged, to: column })}
              onMove={(order, to) => setMoving({ order, to })}
              onDrag={setDragged}
              mayMove={may('orders:move')}
            />
          ))}
        </section>
      )}
      <MoveDialog moving={moving} onClose={() => setMoving(undefined)} />
    </div>
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
