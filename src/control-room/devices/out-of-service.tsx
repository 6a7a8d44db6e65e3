/** A device under maintenance: until when, why, by whom, and the way there and back. Its zone may be the reason. */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ServiceDialog } from '../alarms/service-dialog.tsx'
import * as calls from '../api/calls.ts'
import { outOfService, queryClient } from '../api/queries.ts'
import type { Device, OutOfService as Service } from '../api/types.ts'
import { useFormat } from '../format/use-format.ts'
import { useNames } from '../parts/names.ts'
import { ProblemText } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './devices.module.css'

export function OutOfService({ device }: { device: Device }) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const may = useMay()
  const [asking, setAsking] = useState(false)
  const { data } = useQuery({ ...outOfService, enabled: may('alarms:read') })
  const covers = ({ kind, id }: Service) => id === (kind === 'device' ? device.id : device.place.zone)
  const service = data?.items.find(covers)
  const back = useMutation({
    mutationFn: calls.putBackInService,
    onSettled: () => queryClient.invalidateQueries({ queryKey: outOfService.queryKey }),
  })
  if (!service && !may('devices:service')) return null
  return (
    <div className={styles.service}>
      {service ? (
        <span role="status">
          {service.kind === 'zone' ? (
            <strong>
              {t('service.zone', { name: names.place({ institution: '', zone: service.id }) })}{' '}
            </strong>
          ) : null}
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
            {t(service.kind === 'zone' ? 'service.zoneBack' : 'service.back')}
          </Button>
        ) : (
          <Button className="no-print" variant="default" onClick={() => setAsking(true)}>
            {t('service.take')}
          </Button>
        )
      ) : null}
      {back.error ? <ProblemText cause={back.error} /> : null}
      <ServiceDialog
        opened={asking}
        of={[{ kind: 'device', id: device.id, name: device.name }]}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}
