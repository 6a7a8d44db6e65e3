/** Take a device or a whole zone out of service: why and for how long. */

import { Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { outOfService, queryClient } from '../api/queries.ts'
import { gatewayNow } from '../live/status.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'
import { HowLong, MINUTE_MS, SERVICE_MINUTES } from '../parts/how-long.tsx'

/** By name, with what it is known by. */
export type Servable = calls.Serviced & { readonly name: string }

type Props = {
  readonly opened: boolean
  /** One: that one is meant. Several: the dialog asks which. */
  readonly of: readonly Servable[]
  onClose(): void
}

export function ServiceDialog({ opened, of, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog opened={opened} onClose={onClose} title={t('service.take')}>
      {opened ? <Form of={of} onDone={onClose} /> : null}
    </Dialog>
  )
}

const keyOf = ({ kind, id }: Servable) => `${kind} ${id}`

function Form({ of, onDone }: { of: readonly Servable[]; onDone(): void }) {
  const { t } = useTranslation()
  const [only] = of.length === 1 ? of : []
  const [chosen, setChosen] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState(8 * 60)
  const what = only ?? of.find((one) => keyOf(one) === chosen)
  const sending = useMutation({
    mutationFn: (one: Servable) => {
      const until = new Date(gatewayNow() + minutes * MINUTE_MS).toISOString()
      return calls.takeOutOfService(one, { until, reason: reason.trim() })
    },
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: outOfService.queryKey })
      onDone()
    },
  })
  const send = () => {
    if (what && reason.trim() !== '') sending.mutate(what)
  }
  const group = (kind: Servable['kind']) => ({
    group: t(`service.${kind}s`),
    items: of.filter((one) => one.kind === kind).map((one) => ({ value: keyOf(one), label: one.name })),
  })
  return (
    <Ask action={t('service.take')} sending={sending} send={send} onCancel={onDone}>
      {only ? (
        <strong>{only.name}</strong>
      ) : (
        <Select
          label={t('service.what')}
          data={[group('zone'), group('device')]}
          value={chosen}
          onChange={setChosen}
          searchable
          limit={100}
          required
          withAsterisk={false}
          nothingFoundMessage={t('search.nothing')}
          data-autofocus
        />
      )}
      <Say
        label={t('quiet.reason')}
        help={t('quiet.reasonHelp')}
        most={500}
        isNeeded
        isFirst={only !== undefined}
        value={reason}
        onChange={setReason}
      />
      <HowLong choice={SERVICE_MINUTES} minutes={minutes} onChange={setMinutes} />
      <span className="quiet">{t('service.help')}</span>
    </Ask>
  )
}
