/** Work orders as a board by state, as a list or as a calendar: the same filter, all of it in the address. */
import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { endedOrders, openOrders } from '../api/queries.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { useNow } from '../format/now.ts'
import { useLanguage } from '../i18n/language.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import { useNames } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { focusedRow } from '../parts/virtual-rows.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './board.module.css'
import { Board } from './board.tsx'
import { OrderCalendar } from './calendar.tsx'
import { isOverdue } from './clocks.ts'
import { COLUMNS, columnOf, ENDED, isEnded, worstFirst } from './columns.ts'
import { MoveDialog, type Moving } from './move-dialog.tsx'
import { OrderList } from './order-list.tsx'

const VIEWS = ['board', 'list', 'calendar'] as const

export function Component() {
  const { t } = useTranslation()
  const may = useMay()
  const navigate = useNavigate()
  const names = useNames()
  const language = useLanguage()
  const { asked, change } = useAddress()
  const open = useQuery(openOrders)
  const withEnded = asked.get('ended') === 'shown'
  const closed = useQuery({ ...endedOrders('closed'), enabled: withEnded })
  const cancelled = useQuery({ ...endedOrders('cancelled'), enabled: withEnded })
  const [moving, setMoving] = useState<Moving>()

  const now = useNow(15_000)
  const onlyOverdue = asked.get('due') === 'overdue'
  const overdue = (open.data?.items ?? []).filter((order) => isOverdue(order, now)).length

  const view = VIEWS.find((one) => one === asked.get('view')) ?? 'board'
  const asList = view === 'list'
  const columns: readonly OrderState[] = withEnded ? [...COLUMNS, ...ENDED] : COLUMNS
  const state = columns.find((one) => one === asked.get('state')) ?? null
  const text = asked.get('q')
  const found = finds(text)
  const fits = (order: WorkOrder) =>
    found(`#${order.number}`, names.order(order), order.title, order.assignee ?? '', names.where(order))
  const kept = worstFirst([
    ...(open.data?.items.filter((order) => !isEnded(order)) ?? []),
    ...(withEnded ? [...(closed.data?.items ?? []), ...(cancelled.data?.items ?? [])] : []),
  ]).filter((order) => fits(order) && (!onlyOverdue || isOverdue(order, now)))
  const listed = state === null ? kept : kept.filter((order) => columnOf(order) === state)
  const shown = asList ? listed : kept
  const filtered = !!text || onlyOverdue || (asList && state !== null)
  const move = (order: WorkOrder, to: OrderState) => setMoving({ order, to })

  useKeys({
    o() {
      const id = focusedRow()
      if (id) void navigate(`/orders/${id}`)
    },
  })

  if (!open.data) return <Unanswered of={open} />
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.orders')}</h1>
        <SegmentedControl
          className="no-print"
          aria-label={t('orders.view')}
          value={view}
          data={VIEWS.map((one) => ({ value: one, label: t(`orders.view.${one}`) }))}
          onChange={(value) => change({ view: value === 'board' ? undefined : value })}
        />
        {asList ? (
          <NativeSelect
            className="no-print"
            aria-label={t('alarms.state')}
            value={state ?? ''}
            data={[
              { value: '', label: t('orders.anyState') },
              ...columns.map((one) => ({ value: one, label: ORDER_STATE_WORDS[one][language] })),
            ]}
            onChange={(event) => change({ state: event.currentTarget.value })}
          />
        ) : null}
        <FindField label={t('orders.find')} className={styles.find} />
        {overdue > 0 || onlyOverdue ? (
          <Button
            className="no-print"
            variant="default"
            aria-pressed={onlyOverdue}
            onClick={() => change({ due: onlyOverdue ? undefined : 'overdue' })}
          >
            {t('orders.overdue', { count: overdue })}
          </Button>
        ) : null}
        <Button
          className="no-print"
          variant="default"
          aria-pressed={withEnded}
          onClick={() => change({ ended: withEnded ? undefined : 'shown' })}
        >
          {withEnded ? t('orders.hideEnded') : t('orders.showEnded')}
        </Button>
      </div>
      {view === 'calendar' ? <OrderCalendar fits={fits} withEnded={withEnded} /> : null}
      {view !== 'calendar' && shown.length === 0 ? (
        <Empty title={filtered ? t('orders.noneFilter') : t('orders.none')}>
          {filtered ? null : t(may('orders:create') ? 'orders.noneHelp' : 'orders.noneHelpOwn')}
        </Empty>
      ) : null}
      {shown.length > 0 && asList ? <OrderList orders={shown} onMove={move} /> : null}
      {shown.length > 0 && view === 'board' ? (
        <Board orders={shown} columns={columns} marked={state} onMove={move} />
      ) : null}
      <MoveDialog moving={moving} onClose={() => setMoving(undefined)} />
    </div>
  )
}
