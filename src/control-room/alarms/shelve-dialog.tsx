/** Shelve with a reason and a time. What the same rule finds there stays quiet with it, so the dialog says so. */
import { Button, Checkbox, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { apply } from '../live/use-live.ts'
import { HowLong, SHELF_MINUTES } from '../parts/how-long.tsx'
import { useNames } from '../parts/names.ts'
import { ProblemText } from '../parts/states.tsx'

/** Duress and fire ring whatever anybody wants; what is shelved already may be shelved for longer. */
export const canShelve = ({ neverShelve, state }: Alarm): boolean => !neverShelve && state !== 'cleared'

export function ShelveDialog({ alarm, onClose }: { alarm: Alarm | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={alarm !== undefined}
      onClose={onClose}
      title={t('alarms.shelveTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {alarm ? <Form alarm={alarm} onDone={onClose} /> : null}
    </Modal>
  )
}

function Form({ alarm, onDone }: { alarm: Alarm; onDone(): void }) {
  const { t } = useTranslation()
  const names = useNames()
  const [reason, setReason] = useState('')
  const [forMinutes, setForMinutes] = useState(60)
  const [oneShot, setOneShot] = useState(false)
  const send = useMutation({
    mutationFn: () => calls.shelve(alarm.id, { forMinutes, oneShot, reason: reason.trim() }),
    onSuccess(shelved) {
      apply(queryClient, [{ event: 'alarm.shelved', data: shelved }])
      onDone()
    },
  })
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (reason.trim() !== '') send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <div>
          <strong>{names.rule(alarm.rule)}</strong>
          <br />
          <span className="quiet">
            {t('where', { place: names.place(alarm.place), device: names.device(alarm.device) })}
          </span>
        </div>
        <Textarea
          label={t('quiet.reason')}
          description={t('quiet.reasonHelp')}
          data-autofocus
          required
          withAsterisk={false}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
          }}
        />
        <HowLong choice={SHELF_MINUTES} minutes={forMinutes} onChange={setForMinutes} />
        <Checkbox
          label={t('quiet.oneShot')}
          checked={oneShot}
          onChange={(event) => setOneShot(event.currentTarget.checked)}
        />
        <span className="quiet">{t('alarms.shelveHelp')}</span>
        {send.error ? <ProblemText cause={send.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {t('alarms.shelve')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
