/**
 * Says in a corner, for a while, that something was done or why it was not; its button to close is named
 * apart from that of whatever is open.
 */
import { notifications } from '@mantine/notifications'
import { i18n } from '../i18n/index.ts'
import { refusalWords } from './refusal.ts'

const close = () => ({ 'aria-label': i18n.t('message.close') })

export function tell(message: string): void {
  notifications.show({ message, closeButtonProps: close() })
}

/** A refusal stands longer: it has to be read. */
export function tellRefusal(cause: unknown): void {
  const { title, detail } = refusalWords(cause, i18n.t)
  notifications.show({
    title,
    message: detail,
    color: 'gray',
    autoClose: 12_000,
    closeButtonProps: close(),
  })
}
