/** Says in a corner, for a while, that something was done; its button to close has a name in the language of the page. */
import { notifications } from '@mantine/notifications'
import { i18n } from '../i18n/index.ts'

export function tell(message: string): void {
  notifications.show({ message, closeButtonProps: { 'aria-label': i18n.t('close') } })
}
