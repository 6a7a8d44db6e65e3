/** A fault that a person saw: an order without an alarm. */
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import * as calls from '../api/calls.ts'
import { order, queryClient } from '../api/queries.ts'
import type { Device } from '../api/types.ts'
import { ProblemText } from '../parts/states.tsx'

export function NewOrderDialog({ device, onClose }: { device: Device | undefined; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={device !== undefined}
      onClose={onClose}
      title={t('device.report')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {device ? <Form device={device} onCancel={onClose} /> : null}
    </Modal>
  )
}

function Form({ device, onCancel }: { device: Device; onCancel(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [title, setTitle] = useState('')
  const [note, setNote] = useState('')
  const make = useMutation({
    mutationFn: () => calls.openOrder({ device: device.id, title: title.trim() }, note.trim()),
    onSuccess(made) {
      queryClient.setQueryData(order(made.id).queryKey, made)
      void queryClient.invalidateQueries({ queryKey: ['orders'] })
      void navigate(`/orders/${made.id}`)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
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
        <Textarea
          label={t('order.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={2_000}
        />
        {make.error ? <ProblemText cause={make.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t('alarms.makeOrder')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
