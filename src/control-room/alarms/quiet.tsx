/** Why an alarm does not ring, until when, and the ways back: on a row, and beside it in full. */

import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import type { Format } from '../format/format.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { gatewayNow } from '../live/status.ts'
import { apply } from '../live/use-live.ts'
import { actor } from '../parts/actor.ts'
import { tellRefusal } from '../parts/tell.ts'
import { useMay } from '../session/use-session.ts'
import { canShelve } from './shelve-dialog.tsx'

type Suppression = NonNullable<Alarm['suppression']>

const DAY_MS = 86_400_000

function words(suppression: Suppression, t: TFunction, format: Format, now: number): string {
  if (suppression.by === 'parent') return t('quiet.parent')
  const { until } = suppression
  const time = Date.parse(until) - now < DAY_MS ? format.clock(until) : format.dayTime(until)
  return suppression.by === 'shelved' ? t('quiet.shelved', { time }) : t('quiet.outOfService', { time })
}

export function Quiet({ suppression }: { suppression: Suppression }) {
  const { t } = useTranslation()
  const format = useFormat()
  const text = words(suppression, t, format, useNow())
  const why = suppression.by === 'parent' ? undefined : suppression.reason
  return (
    <span className="truncate quiet" title={why}>
      {text}
    </span>
  )
}

type Row = readonly [string, ReactNode]

/** For the facts beside an alarm. */
export function quietRows({ suppression }: Alarm, t: TFunction, format: Format): Row[] {
  if (!suppression) return []
  const state: Row = [t('quiet.notRinging'), words(suppression, t, format, gatewayNow())]
  if (suppression.by === 'parent') {
    const link = (
      <Link key="parent" to={`/?alarm=${suppression.parent}`}>
        {t('quiet.seeParent')}
      </Link>
    )
    return [state, [t('alarms.column.why'), link]]
  }
  const by = t('alarms.by', { by: actor(suppression.who, t), time: format.dayTime(suppression.at) })
  return [state, [t('quiet.reason'), suppression.reason], [t('quiet.who'), by]]
}

/** What a dead parent hides is one click away, and counted. */
export function Suppresses({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  if (!alarm.suppresses) return null
  return (
    <p style={{ margin: 0 }}>
      <Link to="/?state=suppressed">{t('alarms.suppresses', { count: alarm.suppresses })}</Link>
    </p>
  )
}

export function QuietActions({ alarm, onShelve }: { alarm: Alarm; onShelve(): void }) {
  const { t } = useTranslation()
  const may = useMay()
  const now = useNow()
  const unshelve = useMutation({
    mutationFn: () => calls.unshelve(alarm.id),
    onSuccess: (data) => apply(queryClient, [{ event: 'alarm.unshelved', data }]),
    onError: tellRefusal,
  })
  const reset = useMutation({
    mutationFn: () => calls.resetAlarm(alarm.id),
    onSuccess: (data) => apply(queryClient, [{ event: 'alarm.cleared', data }]),
    onError: tellRefusal,
  })
  const { suppression, state, returnedAt } = alarm
  const isShelved = suppression?.by === 'shelved' && Date.parse(suppression.until) > now
  const isLatched = returnedAt !== undefined && state.startsWith('active')
  return (
    <>
      {isLatched && may('alarms:acknowledge') ? (
        <Button loading={reset.isPending} onClick={() => reset.mutate()}>
          {t('alarms.reset')}
        </Button>
      ) : null}
      {isShelved && may('alarms:shelve') ? (
        <Button variant="default" loading={unshelve.isPending} onClick={() => unshelve.mutate()}>
          {t('alarms.unshelve')}
        </Button>
      ) : canShelve(alarm) && may('alarms:shelve') ? (
        <Button variant="default" onClick={onShelve}>
          {t('alarms.shelve')}
        </Button>
      ) : null}
      {alarm.neverShelve && state !== 'cleared' ? (
        <span className="quiet">{t('alarms.neverShelve')}</span>
      ) : null}
    </>
  )
}
