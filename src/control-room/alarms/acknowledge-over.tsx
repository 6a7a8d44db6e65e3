/**
 * After a flood: what is over by itself and was seen by nobody, acknowledged in one go with one note. What
 * still stands is acknowledged one by one, because each of it is somebody's to deal with.
 */
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { queryClient } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { apply } from '../live/use-live.ts'
import { Ask, Dialog, Say } from '../parts/ask.tsx'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { linesOf } from './lines.ts'
import styles from './wall.module.css'

/** Below that, the buttons on the rows are quicker. */
const FEWEST = 3
/** The dialog stays a dialog. */
const SHOWN = 8

export const isOverUnseen = ({ state, suppression }: Alarm): boolean =>
  state === 'cleared-unacknowledged' && !suppression

export function AcknowledgeOver({ alarms }: { alarms: readonly Alarm[] }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<readonly Alarm[]>()
  if (alarms.length < FEWEST && !asked) return null
  return (
    <>
      <Button variant="default" disabled={alarms.length === 0} onClick={() => setAsked(alarms)}>
        {t('over.acknowledge', { count: alarms.length })}
      </Button>
      <Dialog opened={asked !== undefined} onClose={() => setAsked(undefined)} title={t('over.title')}>
        {asked ? <Form alarms={asked} onDone={() => setAsked(undefined)} /> : null}
      </Dialog>
    </>
  )
}

function Form({ alarms, onDone }: { alarms: readonly Alarm[]; onDone(): void }) {
  const { t } = useTranslation()
  const names = useNames()
  const [note, setNote] = useState('')
  const sending = useMutation({
    /**
     * One after the other: the gateway has a control room to serve meanwhile. What was refused leaves the
     * rest undone.
     */
    async mutationFn() {
      for (const { id } of alarms) {
        const data = await calls.acknowledge(id, note.trim())
        apply(queryClient, [{ event: 'alarm.acknowledged', data }])
      }
    },
    onSuccess: onDone,
  })
  const lines = linesOf(alarms, { from: 0, to: Number.POSITIVE_INFINITY })
  const action = t('over.acknowledge', { count: alarms.length })
  return (
    <Ask action={action} sending={sending} send={sending.mutate} onCancel={onDone}>
      <ul className={styles.lines}>
        {lines.slice(0, SHOWN).map(({ rule, place, severity, count }) => (
          <li key={`${rule} ${place}`}>
            <SeverityMark severity={severity} bare />
            <strong>{t('over.times', { count })}</strong>
            <span>{t('alarms.named', { rule: names.rule(rule), device: names.broad(place) })}</span>
          </li>
        ))}
      </ul>
      {lines.length > SHOWN ? (
        <p className="quiet">{t('shift.more', { count: lines.length - SHOWN })}</p>
      ) : null}
      <Say label={t('alarms.note')} help={t('over.noteHelp')} most={2_000} value={note} onChange={setNote} />
    </Ask>
  )
}
