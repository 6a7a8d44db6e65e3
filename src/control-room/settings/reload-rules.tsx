/**
 * Puts the file of rules in force as it stands now, with a reason; a file that is not valid changes nothing
 * and says why.
 */
import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient, rules } from '../api/queries.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'

export function ReloadRules() {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('rules.reload')}
      </Button>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={t('rules.reload')}>
        {asking ? <Form onDone={() => setAsking(false)} /> : null}
      </Dialog>
    </>
  )
}

function Form({ onDone }: { onDone(): void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const sending = useMutation({
    mutationFn: () => calls.reloadRules(reason.trim()),
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: rules.queryKey })
      void queryClient.invalidateQueries({ queryKey: ['rule-changes'] })
    },
  })
  const send = () => {
    if (reason.trim() !== '') sending.mutate()
  }
  if (sending.data) {
    return (
      <Stack gap="sm">
        <span role="status">{t('rules.reloaded', { count: sending.data.changes.length })}</span>
        <Group justify="flex-end">
          <Button onClick={onDone} data-autofocus>
            {t('close')}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <Ask action={t('rules.reload')} sending={sending} send={send} onCancel={onDone}>
      <span className="quiet">{t('rules.reloadHelp')}</span>
      <Say label={t('quiet.reason')} most={2_000} isNeeded value={reason} onChange={setReason} />
    </Ask>
  )
}
