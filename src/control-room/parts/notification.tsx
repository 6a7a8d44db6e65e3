/** What became of a notification, and the button that tries it again where it was given up. */
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Notification } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useMay } from '../session/use-session.ts'
import { tell, tellRefusal } from './tell.ts'

export const isGivenUp = ({ state }: Pick<Notification, 'state'>): boolean =>
  state === 'dead' || state === 'dropped'

export function NotificationState({ of: { state, tries, triedAt, because } }: { of: Notification }) {
  const { t } = useTranslation()
  const format = useFormat()
  const isLate = state === 'waiting' && tries > 0
  const words = isLate ? t('notification.retrying', { count: tries }) : t(`notification.${state}`)
  const failed = isLate || isGivenUp({ state })
  return (
    <span title={triedAt === null ? undefined : format.absolute(triedAt)}>
      {failed ? <strong>{words}</strong> : <span className="quiet">{words}</span>}
      {failed && because !== null ? <span className="quiet"> {because}</span> : null}
    </span>
  )
}

const refresh = () => void queryClient.invalidateQueries({ queryKey: ['notifications'] })

export function Retry({ of }: { of: Notification }) {
  const { t } = useTranslation()
  const may = useMay()
  const send = useMutation({
    mutationFn: () => calls.retryNotification(of.id),
    onSettled: refresh,
    onError: tellRefusal,
  })
  if (!isGivenUp(of) || !may('notifications:retry')) return null
  return (
    <Button
      className="no-print"
      size="compact-xs"
      variant="default"
      loading={send.isPending}
      onClick={() => send.mutate()}
    >
      {t('notification.retry')}
    </Button>
  )
}

/** All of a channel, or of every one. */
export function RetryAll({ channel }: { channel: string | undefined }) {
  const { t } = useTranslation()
  const send = useMutation({
    mutationFn: () => calls.retryNotifications(channel),
    onSuccess: ({ retried }) => tell(t('notification.retried', { count: retried })),
    onSettled: refresh,
    onError: tellRefusal,
  })
  return (
    <Button className="no-print" variant="default" loading={send.isPending} onClick={() => send.mutate()}>
      {t('notification.retryAll')}
    </Button>
  )
}
