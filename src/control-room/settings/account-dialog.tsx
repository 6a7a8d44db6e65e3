/**
 * The dialogs of the accounts: a click beside one does not close it, because what it shows may be shown only
 * this once.
 */
import { Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Ask } from '../parts/ask.tsx'

/** What is asked for, and the words of it. */
export type Asked = { readonly title: string; readonly content: ReactNode }

export function AccountDialog({ asked, onClose }: { asked: Asked | undefined; onClose(): void }) {
  const { t } = useTranslation()
  const last = useRef(asked)
  if (asked) last.current = asked
  return (
    <Modal
      opened={asked !== undefined}
      onClose={onClose}
      title={last.current?.title}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {last.current?.content /* while it closes it still says what it was about */}
    </Modal>
  )
}

type TakeAwayProps = {
  readonly action: string
  /** What ends with it. */
  readonly help: string
  send(): Promise<unknown>
  onTaken(): void
  onCancel(): void
}

/** What it refuses, as the last admin, it says in the gateway's own words. */
export function TakeAway({ action, help, send, onTaken, onCancel }: TakeAwayProps) {
  const sending = useMutation({ mutationFn: send, onSuccess: onTaken })
  return (
    <Ask action={action} sending={sending} send={sending.mutate} onCancel={onCancel}>
      <span>{help}</span>
    </Ask>
  )
}
