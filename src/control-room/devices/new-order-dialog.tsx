/** A fault that a person saw: an order without an alarm. */
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import * as calls from '../api/calls.ts'
import { order, queryClient } from '../api/queries.ts'
import type { Device } from '../api/types.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'

export function NewOrderDialog({ device, onClose }: { device: Device | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Dialog opened={device !== undefined} onClose={onClose} title={t('device.report')}>
      {device ? <Form device={device} onCancel={onClose} /> : null}
    </Dialog>
  )
}

function Form({ device, onCancel }: { device: Device; onCancel(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [note, setNote] = useState('')
  const sending = useMutation({
    mutationFn: () => calls.openOrder({ device: device.id, title: title.trim() }, note.trim()),
    onSuccess(made) {
      queryClient.setQueryData(order(made.id).queryKey, made)
      void queryClient.invalidateQueries({ queryKey: ['orders'] })
      void navigate(`/orders/${made.id}`)
    },
  })
  return (
    <Ask action={t('alarms.makeOrder')} sending={sending} send={sending.mutate} onCancel={onCancel}>
      <span>{device.name}</span>
      <TextInput
        label={t('order.title')}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        required
        withAsterisk={false}
        maxLength={200}
        data-autofocus
      />
      <Say label={t('order.note')} most={2_000} isFirst={false} value={note} onChange={setNote} />
    </Ask>
  )
}
