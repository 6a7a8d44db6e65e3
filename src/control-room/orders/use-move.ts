/** Moves an order. A refusal is shown in the gateway's words, and the order is loaded again because it is not what was thought. */
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { isProblem } from '../api/problem.ts'
import { order, queryClient } from '../api/queries.ts'
import type { WorkOrder } from '../api/types.ts'
import { apply } from '../live/use-live.ts'

export type Wish = Omit<calls.Move, 'version'>

export function useMove() {
  const { t } = useTranslation()
  return useMutation({
    mutationFn: ({ of, to }: { of: WorkOrder; to: Wish }) =>
      calls.moveOrder(of.id, { ...to, version: of.version }),
    onSuccess(moved) {
      queryClient.setQueryData(order(moved.id).queryKey, moved)
      apply(queryClient, [{ event: 'order.moved', data: moved }])
    },
    onError(cause, { of }) {
      notifications.show({
        title: isProblem(cause) ? cause.title : t('state.failed'),
        message: isProblem(cause) ? cause.message : String(cause),
        color: 'gray',
        autoClose: 12_000,
        closeButtonProps: { 'aria-label': t('close') },
      })
      void queryClient.invalidateQueries({ queryKey: ['order', of.id] })
      void queryClient.invalidateQueries({ queryKey: ['orders'] })
    },
  })
}
