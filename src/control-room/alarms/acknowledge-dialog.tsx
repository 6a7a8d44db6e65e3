/** Acknowledge with a note. The first one counts; if somebody was faster, the answer shows whose it is. */
import { Button, Group, Modal, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { apply } from '../live/use-live.ts'
import { useNames } from '../parts/names.ts'
import { ProblemText } from '../parts/states.tsx'

export function AcknowledgeDialog({ alarm, onClose }: { alarm: Alarm | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={alarm !== undefined}
      onClose={onClose}
      title={t('alarms.acknowledgeTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {alarm ? <Form alarm={alarm} onDone={onClose} /> : null}
    </Modal>
  )
}

function Form({ alarm, onDone }: { alarm: Alarm; onDone(): void }) {
  const { t } = useTranslation()
  const names = useNames()
  const [note, setNote] = useState('')
  const send = useMutation({
    mutationFn: () => calls.acknowledge(alarm.id, note.trim()),
    onSuccess(seen) {
      apply(queryClient, [{ event: 'alarm.acknowledged', data: seen }])
      onDone()
    },
  })
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <p style={{ marginTop: 0 }}>
        <strong>{names.rule(alarm.rule)}</strong>
        <br />
        <span className="quiet">
          {t('where', { place: names.place(alarm.place), device: names.device(alarm.device) })}
        </span>
      </p>
      <Textarea
        label={t('alarms.note')}
        description={t('alarms.noteHelp')}
        data-autofocus
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      />
      {send.error ? <ProblemText cause={send.error} /> : null}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onDone}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={send.isPending}>
          {t('alarms.acknowledge')}
        </Button>
      </Group>
    </form>
  )
}
