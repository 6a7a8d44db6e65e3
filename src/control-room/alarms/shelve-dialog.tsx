/** Shelve with a reason and a time. What the same rule finds there stays quiet with it, so the dialog says so. */
import { Checkbox } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { apply } from '../live/use-live.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'
import { HowLong, SHELF_MINUTES } from '../parts/how-long.tsx'
import { AlarmName } from './alarm-name.tsx'

/** Duress and fire ring whatever anybody wants; what is shelved already may be shelved for longer. */
export const canShelve = ({ neverShelve, state }: Alarm): boolean => !neverShelve && state !== 'cleared'

export function ShelveDialog({ alarm, onClose }: { alarm: Alarm | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Dialog opened={alarm !== undefined} onClose={onClose} title={t('alarms.shelveTitle')}>
      {alarm ? <Form alarm={alarm} onDone={onClose} /> : null}
    </Dialog>
  )
}

function Form({ alarm, onDone }: { alarm: Alarm; onDone(): void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [forMinutes, setForMinutes] = useState(60)
  const [oneShot, setOneShot] = useState(false)
  const sending = useMutation({
    mutationFn: () => calls.shelve(alarm.id, { forMinutes, oneShot, reason: reason.trim() }),
    onSuccess(data) {
      apply(queryClient, [{ event: 'alarm.shelved', data }])
      onDone()
    },
  })
  const send = () => {
    if (reason.trim() !== '') sending.mutate()
  }
  return (
    <Ask action={t('alarms.shelve')} sending={sending} send={send} onCancel={onDone}>
      <AlarmName alarm={alarm} />
      <Say
        label={t('quiet.reason')}
        help={t('quiet.reasonHelp')}
        most={500}
        isNeeded
        value={reason}
        onChange={setReason}
      />
      <HowLong choice={SHELF_MINUTES} minutes={forMinutes} onChange={setForMinutes} />
      <Checkbox
        label={t('quiet.oneShot')}
        checked={oneShot}
        onChange={(event) => setOneShot(event.currentTarget.checked)}
      />
      <span className="quiet">{t('alarms.shelveHelp')}</span>
    </Ask>
  )
}
