/**
 * What is under maintenance, above the alarms that do not ring for it: nothing quiet is out of sight, and the
 * way back is beside it.
 */
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import * as calls from '../api/calls.ts'
import { outOfService, queryClient, site } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { useDevices, useNames } from '../parts/names.ts'
import { ProblemText } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import { ServiceDialog } from './service-dialog.tsx'
import styles from './wall.module.css'

export function OutOfServiceList() {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useNames()
  const may = useMay()
  const mayServe = may('devices:service')
  const items = useQuery(outOfService).data?.items ?? []
  const back = useMutation({
    mutationFn: calls.putBackInService,
    onSettled: () => queryClient.invalidateQueries({ queryKey: outOfService.queryKey }),
  })
  if (items.length === 0 && !mayServe) return null
  return (
    <div className={styles.service}>
      <ul>
        {items.map((one) => {
          const { kind, id, until, reason, who } = one
          const zone = { institution: '', zone: id }
          return (
            <li key={`${kind} ${id}`}>
              {kind === 'device' ? (
                <Link to={`/devices/${id}`}>{names.device(id)}</Link>
              ) : (
                <strong>{t('service.zone', { name: names.place(zone) })}</strong>
              )}
              <span>{t('service.is', { time: format.dayTime(until), reason, by: who })}</span>
              {mayServe ? (
                <Button
                  className="no-print"
                  size="compact-xs"
                  variant="default"
                  loading={back.isPending && back.variables.id === id}
                  onClick={() => back.mutate(one)}
                >
                  {t('service.back')}
                </Button>
              ) : null}
            </li>
          )
        })}
      </ul>
      {back.error ? <ProblemText cause={back.error} /> : null}
      {mayServe ? <Take /> : null}
    </div>
  )
}

function Take() {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const devices = useDevices()
  const zones = useQuery(site).data?.zones.features ?? []
  const of = [
    ...zones.map(({ properties: { id, name } }) => ({ kind: 'zone' as const, id, name })),
    ...[...devices.values()].map(({ id, name }) => ({ kind: 'device' as const, id, name })),
  ]
  return (
    <>
      <Button className="no-print" size="compact-sm" variant="default" onClick={() => setAsking(true)}>
        {t('service.takeSome')}
      </Button>
      <ServiceDialog opened={asking} of={asking ? of : []} onClose={() => setAsking(false)} />
    </>
  )
}
