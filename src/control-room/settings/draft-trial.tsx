/**
 * Runs the draft over a span of history, at most once at a time, and holds the last outcome beside fields
 * that may have gone on.
 */
import { Button, NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import * as calls from '../api/calls.ts'
import { boundary, dayStart, dayText } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { DateRange } from '../parts/date-range.tsx'
import { ProblemText } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import styles from './draft.module.css'
import { DraftOutcome } from './draft-outcome.tsx'

const DAY_MS = 86_400_000
const DAYS_BACK = 30
const WARM_UP_DAYS = [0, 1, 7, 14, 28] as const

function spanOf(address: URLSearchParams, now: number, timeZone: string) {
  const last = dayStart(address.get('to'), timeZone) ?? boundary('day', now, timeZone)
  const first = dayStart(address.get('from'), timeZone) ?? boundary('day', last, timeZone, 1 - DAYS_BACK)
  const from = Math.min(first, last)
  return {
    first: dayText(from, timeZone),
    last: dayText(last, timeZone),
    from: new Date(from).toISOString(),
    to: new Date(boundary('day', last, timeZone, 1)).toISOString(),
  }
}

/** `entry` is undefined while the fields are no rule. */
export function DraftTrial({ entry }: { entry: string | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { asked, change } = useAddress()
  const { first, last, from, to } = spanOf(asked, useNow(60_000), format.timeZone)
  const days = WARM_UP_DAYS.find((one) => String(one) === asked.get('warm-up')) ?? 0
  const called = useRef<AbortController>(undefined)
  useEffect(() => () => called.current?.abort(), []) // whoever leaves no longer wants to know
  const run = useMutation({
    mutationFn(trial: calls.Trial) {
      called.current = new AbortController()
      return calls.runBacktest(trial, called.current.signal)
    },
  })
  const { variables, data, error, isPending } = run
  const isOld =
    data !== undefined &&
    (variables?.rules !== entry ||
      variables?.from !== from ||
      variables?.to !== to ||
      variables?.warmUpMs !== days * DAY_MS)
  const start = () => {
    if (entry !== undefined && !isPending) run.mutate({ rules: entry, from, to, warmUpMs: days * DAY_MS })
  }
  const isCalledOff = error instanceof Error && error.name === 'AbortError'

  return (
    <section aria-busy={isPending}>
      <h3>{t('draft.try')}</h3>
      <div className={styles.ask}>
        <DateRange first={first} last={last} onChange={change} />
        <NativeSelect
          aria-label={t('draft.warmUp')}
          title={t('draft.warmUpHelp')}
          value={String(days)}
          data={WARM_UP_DAYS.map((one) => ({
            value: String(one),
            label:
              one === 0
                ? t('draft.warmUpNone')
                : t('draft.warmUpFor', { for: format.duration(one * DAY_MS) }),
          }))}
          onChange={(event) => change({ 'warm-up': event.currentTarget.value })}
        />
        {isPending ? (
          <Button variant="default" onClick={() => called.current?.abort()}>
            {t('draft.callOff')}
          </Button>
        ) : (
          <Button onClick={start} disabled={entry === undefined}>
            {t('draft.run')}
          </Button>
        )}
      </div>
      <p className="quiet" role="status">
        {isPending ? t('draft.running') : isCalledOff ? t('draft.calledOff') : isOld ? t('draft.old') : ''}
      </p>
      {error && !isPending && !isCalledOff ? <ProblemText cause={error} /> : null}
      {data ? (
        <div className={isOld || isPending ? styles.old : undefined}>
          <DraftOutcome of={data} />
        </div>
      ) : null}
    </section>
  )
}
