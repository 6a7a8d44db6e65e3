/** A move that needs more than a click: dispatching asks for whom, everything may carry a note. */
import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem } from '../api/problem.ts'
import { openOrders } from '../api/queries.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'
import { useNames } from '../parts/names.ts'
import { NEEDS_NOTE, nameOf } from './columns.ts'
import { useMove } from './use-move.ts'

export type Moving = { readonly order: WorkOrder; readonly to: OrderState }

export function MoveDialog({ moving, onClose }: { moving: Moving | undefined; onClose(): void }) {
  const { t } = useTranslation()
  const last = useRef(moving)
  if (moving) last.current = moving
  const shown = last.current // while it closes it still says what it was about
  return (
    <Dialog
      opened={moving !== undefined}
      onClose={onClose}
      title={
        shown
          ? t('order.moveTitle', { number: shown.order.number, move: t(nameOf(shown.order.state, shown.to)) })
          : ''
      }
    >
      {shown ? <Form {...shown} onDone={onClose} /> : null}
    </Dialog>
  )
}

function Form({ order, to, onDone }: Moving & { onDone(): void }) {
  const { t } = useTranslation()
  const move = useMove()
  const names = useNames()
  const [assignee, setAssignee] = useState(order.assignee ?? '')
  const [note, setNote] = useState('')
  const known = useQuery(openOrders).data?.items ?? []
  const assignees = [...new Set(known.flatMap((one) => one.assignee ?? []))].sort()
  const dispatching = to === 'dispatched'
  const isNeeded = NEEDS_NOTE.includes(to)
  const send = () =>
    move.mutate(
      {
        of: order,
        to: {
          to,
          ...(dispatching && assignee.trim() ? { assignee: assignee.trim() } : {}),
          ...(note.trim() ? { note: note.trim() } : {}),
        },
      },
      {
        onSuccess: onDone,
        // The order is no longer what was decided about; anything else may be tried again with what was written
        onError: (cause) => isProblem(cause, 409) && onDone(),
      },
    )
  return (
    <Ask action={t(nameOf(order.state, to))} sending={{ ...move, error: null }} send={send} onCancel={onDone}>
      <span>{names.order(order)}</span>
      {dispatching ? (
        <Autocomplete
          size="xs"
          label={t('order.assignee')}
          description={t('order.assigneeHelp')}
          data={assignees}
          value={assignee}
          onChange={setAssignee}
          required
          withAsterisk={false}
          data-autofocus
          maxLength={128}
        />
      ) : null}
      <Say
        label={t(isNeeded ? 'order.why' : 'order.note')}
        {...(isNeeded ? { help: t(to === 'reported' ? 'order.whyBack' : 'order.whyHold') } : {})}
        most={2_000}
        isNeeded={isNeeded}
        isFirst={!dispatching}
        value={note}
        onChange={setNote}
      />
    </Ask>
  )
}
