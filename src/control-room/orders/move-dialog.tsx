/** A move that needs more than a click: dispatching asks for whom, everything may carry a note. */
import { Autocomplete, Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { openOrders } from '../api/queries.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { useNames } from '../parts/names.ts'
import { nameOf } from './columns.ts'
import { useMove } from './use-move.ts'

export type Moving = { readonly order: WorkOrder; readonly to: OrderState }

export function MoveDialog({ moving, onClose }: { moving: Moving | undefined; onClose(): void }) {
  const { t } = useTranslation()
  const last = useRef(moving)
  if (moving) last.current = moving
  const shown = last.current // while it closes it still says what it was about
  return (
    <Modal
      opened={moving !== undefined}
      onClose={onClose}
      title={
        shown
          ? t('order.moveTitle', { number: shown.order.number, move: t(nameOf(shown.order.state, shown.to)) })
          : ''
      }
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {shown ? <Form {...shown} onDone={onClose} /> : null}
    </Modal>
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
  const submit = (event: FormEvent) => {
    event.preventDefault()
    move.mutate(
      {
        of: order,
        to: {
          to,
          ...(dispatching && assignee.trim() ? { assignee: assignee.trim() } : {}),
          ...(note.trim() ? { note: note.trim() } : {}),
        },
      },
      { onSettled: onDone },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
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
        <Textarea
          label={t('order.note')}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          {...(dispatching ? {} : { 'data-autofocus': true })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={move.isPending}>
            {t(nameOf(order.state, to))}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
