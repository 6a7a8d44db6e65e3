/**
 * Moves an order. A refusal is shown in the gateway's words, and the order is loaded again because it is not
 * what was thought.
 */
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import * as calls from '../api/calls.ts'
import { openOrders, order, queryClient } from '../api/queries.ts'
import type { WorkOrder } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { apply } from '../live/use-live.ts'
import { useBecause } from '../parts/names.ts'
import { tell, tellRefusal } from '../parts/tell.ts'
import { useSession } from '../session/use-session.ts'

export type Wish = Omit<calls.Move, 'version'>

export function useMove() {
  const { t } = useTranslation()
  const language = useLanguage()
  const because = useBecause()
  const { role } = useSession()
  return useMutation({
    mutationFn: ({ of, to }: { of: WorkOrder; to: Wish }) =>
      calls.moveOrder(of.id, { ...to, version: of.version }),
    onSuccess(moved, { of }) {
      if (role === 'contractor' && moved.assignee !== of.assignee) {
        queryClient.setQueryData(
          openOrders.queryKey,
          (held) => held && { ...held, items: held.items.filter(({ id }) => id !== of.id) },
        )
        queryClient.setQueryData(order(moved.id).queryKey, moved)
        tell(t('order.gaveBack', { number: moved.number }))
        return
      }
      queryClient.setQueryData(order(moved.id).queryKey, moved)
      apply(queryClient, [{ event: 'order.moved', data: moved }])
      const { number, state, awaits } = moved
      if (awaits === null) tell(t('order.short', { number, state: ORDER_STATE_WORDS[state][language] }))
      else tell(t(state === 'done' ? 'order.isDone' : 'order.goesOn', { number, awaits: because(awaits) }))
    },
    onError(cause, { of }) {
      tellRefusal(cause)
      void queryClient.invalidateQueries({ queryKey: ['order', of.id] })
      void queryClient.invalidateQueries({ queryKey: ['orders'] })
    },
  })
}
