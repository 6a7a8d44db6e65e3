/** Opens the order of an alarm's fault; the gateway gives the open one where there is one. */
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import * as calls from '../api/calls.ts'
import { order, queryClient } from '../api/queries.ts'
import { tellRefusal } from '../parts/tell.ts'

export function useOpenOrder() {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (alarm: string) => calls.openOrder({ alarm }, ''),
    onSuccess(made) {
      queryClient.setQueryData(order(made.id).queryKey, made)
      void queryClient.invalidateQueries({ queryKey: ['orders'] })
      void queryClient.invalidateQueries({ queryKey: ['alarms'] })
      void navigate(`/orders/${made.id}`)
    },
    onError: tellRefusal,
  })
}
