/** A dialog that asks for words and does one thing with them: what was refused stays open and says why. */
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemText } from './states.tsx'

type DialogProps = { opened: boolean; title: string; onClose(): void; children: ReactNode }

export function Dialog({ opened, title, onClose, children }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      {children}
    </Modal>
  )
}

type AskProps = {
  /** What the button says. */
  readonly action: string
  readonly sending: { readonly isPending: boolean; readonly error: unknown }
  send(): void
  onCancel(): void
  readonly children: ReactNode
}

export function Ask({ action, sending: { isPending, error }, send, onCancel, children }: AskProps) {
  const { t } = useTranslation()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isPending) send() // Ctrl + Enter asks no button whether it may
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {children}
        {error ? <ProblemText cause={error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type SayProps = {
  readonly label: string
  readonly help?: string
  readonly most: number
  /** Nothing is done without it. */
  readonly isNeeded?: boolean
  /** It is what the dialog is opened for. */
  readonly isFirst?: boolean
  readonly value: string
  onChange(value: string): void
}

/** Several lines; Ctrl + Enter sends, because Enter makes a new line. */
export function Say({ label, help, most, isNeeded = false, isFirst = true, value, onChange }: SayProps) {
  const { t } = useTranslation()
  return (
    <Textarea
      label={label}
      description={
        <>
          {help} <span className="by-keys">{t('say.send')}</span>
        </>
      }
      required={isNeeded}
      withAsterisk={false}
      autosize
      minRows={2}
      maxRows={8}
      maxLength={most}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
          event.currentTarget.form?.requestSubmit()
      }}
      {...(isFirst ? { 'data-autofocus': true } : {})}
    />
  )
}
