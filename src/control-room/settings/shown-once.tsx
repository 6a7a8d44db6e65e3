/** A secret, this once: selected, so that Ctrl + C takes it, and with a button that copies it. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyOut } from '../parts/copy-out.ts'
import styles from './accounts.module.css'

type Props = {
  readonly label: string
  /** What to do with it. */
  readonly help: string
  readonly secret: string
  onDone(): void
}

export function ShownOnce({ label, help, secret, onDone }: Props) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState<boolean>()
  useEffect(() => {
    field.current?.focus() // the button that had it has gone
    field.current?.select()
  }, [])
  return (
    <Stack gap="sm">
      <TextInput
        ref={field}
        className={styles.secret ?? ''}
        label={label}
        description={help}
        value={secret}
        readOnly
        autoComplete="off"
        spellCheck={false}
        onFocus={(event) => event.currentTarget.select()}
      />
      <span className={`${styles.copied} quiet`} role="status">
        {copied === undefined ? '' : t(copied ? 'secret.copied' : 'secret.notCopied')}
      </span>
      <Group justify="flex-end">
        <Button
          variant="default"
          onClick={() => {
            if (field.current) void copyOut(field.current).then(setCopied)
          }}
        >
          {t('secret.copy')}
        </Button>
        <Button onClick={onDone}>{t('close')}</Button>
      </Group>
    </Stack>
  )
}
