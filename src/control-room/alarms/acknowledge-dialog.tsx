/** Acknowledge with a note. The first one counts; if somebody was faster, the answer shows whose it is. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { apply } from '../live/use-live.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'
import { AlarmName } from './alarm-name.tsx'

export function AcknowledgeDialog({ alarm, onClose }: { alarm: Alarm | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Dialog opened={alarm !== undefined} onClose={onClose} title={t('alarms.acknowledgeTitle')}>
      {alarm ? <Form alarm={alarm} onDone={onClose} /> : null}
    </Dialog>
  )
}

function Form({ alarm, onDone }: { alarm: Alarm; onDone(): void }) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const sending = useMutation({
    mutationFn: () => calls.acknowledge(alarm.id, note.trim()),
    onSuccess(data) {
      apply(queryClient, [{ event: 'alarm.acknowledged', data }])
      onDone()
    },
  })
  return (
    <Ask action={t('alarms.acknowledge')} sending={sending} send={sending.mutate} onCancel={onDone}>
      <AlarmName alarm={alarm} />
      <Say
        label={t('alarms.note')}
        help={t('alarms.noteHelp')}
        most={2_000}
        value={note}
        onChange={setNote}
      />
    </Ask>
  )
}
