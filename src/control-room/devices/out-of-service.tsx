/** A device under maintenance: until when, why, by whom, and the way there and back. Its zone may be the reason. */
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { outOfService, queryClient } from '../api/queries.ts'
import type { Device, OutOfService as Service } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { HowLong, MINUTE_MS, SERVICE_MINUTES } from '../parts/how-long.tsx'
import { ProblemText } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './devices.module.css'

/** It ends alarms' silence or begins it, so what is known of them is asked again. */
const refresh = () => {
  void queryClient.invalidateQueries({ queryKey: outOfService.queryKey })
  void queryClient.invalidateQueries({ queryKey: ['alarms'] })
}

export function OutOfService({ device }: { device: Device }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const { data } = useQuery({ ...outOfService, enabled: may('alarms:read') })
  const covers = ({ kind, id }: Service) => id === (kind === 'device' ? device.id : device.place.zone)
  const service = data?.items.find(covers)
  const back = useMutation({ mutationFn: calls.putBackInService, onSettled: refresh })
  if (!service && !may('devices:service')) return null
  return (
    <div className={styles.service}>
      {service ? (
        <span role="status">
          {t('service.is', { time: format.dayTime(service.until), reason: service.reason, by: service.who })}
        </span>
      ) : null}
      {may('devices:service') ? (
        service ? (
          <Button
            className="no-print"
            variant="default"
            loading={back.isPending}
            onClick={() => back.mutate(service)}
          >
            {t('service.back')}
          </Button>
        ) : (
          <Button className="no-print" variant="default" onClick={() => setAsking(true)}>
            {t('service.take')}
          </Button>
        )
      ) : null}
      {back.error ? <ProblemText cause={back.error} /> : null}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('service.take')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {asking ? <Form device={device} onDone={() => setAsking(false)} /> : null}
      </Modal>
    </div>
  )
}

function Form({ device, onDone }: { device: Device; onDone(): void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState(8 * 60)
  const take = useMutation({
    mutationFn: () => {
      const until = new Date(Date.now() + minutes * MINUTE_MS).toISOString()
      return calls.takeOutOfService(device.id, { until, reason: reason.trim() })
    },
    onSuccess() {
      refresh()
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() !== '') take.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <strong>{device.name}</strong>
        <Textarea
          label={t('quiet.reason')}
          data-autofocus
          required
          withAsterisk={false}
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <HowLong choice={SERVICE_MINUTES} minutes={minutes} onChange={setMinutes} />
        <span className="quiet">{t('service.help')}</span>
        {take.error ? <ProblemText cause={take.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={take.isPending}>
            {t('service.take')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
