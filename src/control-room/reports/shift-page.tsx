/**
 * The sheet of a shift: what the next one takes over, what came, and what was done about it. On paper it is
 * signed by both.
 */

import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { linesOf, type Span } from '../alarms/lines.ts'
import { endedOrders, openOrders, shiftAlarms } from '../api/queries.ts'
import { dayText } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { gatewayNow } from '../live/status.ts'
import report from '../parts/report.module.css'
import { Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay, useSession } from '../session/use-session.ts'
import { ReportPages } from './report-pages.tsx'
import styles from './reports.module.css'
import { deedsOf } from './shift.ts'
import { HandOver } from './shift-hand-over.tsx'
import { DeedList, LineTable } from './shift-tables.tsx'

const HOUR_MS = 3_600_000
const LENGTHS = ['8', '12', '24'] as const
const STEP_MS = 5 * 60_000

/**
 * Until now, unless an end is asked for; what began is rounded, so that the same question is not asked anew
 * each second.
 */
function spanOf(
  asked: URLSearchParams,
  now: number,
): Span & { readonly isOver: boolean; readonly hours: string } {
  const instant = (name: string) => {
    const at = Date.parse(asked.get(name) ?? '')
    return Number.isNaN(at) ? undefined : at
  }
  const hours = LENGTHS.find((one) => one === asked.get('hours')) ?? '12'
  const end = instant('to')
  const isOver = end !== undefined && end <= now
  const to = isOver ? end : now
  const from = instant('from') ?? Math.floor(to / STEP_MS) * STEP_MS - Number(hours) * HOUR_MS
  return { from: Math.min(from, to), to, isOver, hours: asked.has('from') ? '' : hours }
}

export function Component() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const { user } = useSession()
  const { asked, change } = useAddress()
  const span = spanOf(asked, useNow(60_000))
  const { from, to, isOver, hours } = span
  const alarms = useQuery(shiftAlarms(from, isOver ? to : undefined))
  const mayOrders = may('orders:read')
  const orders = [
    useQuery({ ...openOrders, enabled: mayOrders }).data,
    useQuery({ ...endedOrders('closed'), enabled: mayOrders }).data,
    useQuery({ ...endedOrders('cancelled'), enabled: mayOrders }).data,
  ].flatMap((whole) => whole?.items ?? [])
  const { data } = alarms
  // What comes after the minute that is shown as the end is in it all the same.
  const counted = isOver ? span : { from, to: Number.POSITIVE_INFINITY }
  const lines = linesOf(data?.items ?? [], counted)
  const raised = lines.reduce((sum, { count }) => sum + count, 0)
  const days = { from: dayText(from, format.timeZone), to: dayText(to, format.timeZone) }
  const deeds = deedsOf(data?.items ?? [], orders, counted)
  const move = (by: number) => {
    const length = isOver ? to - from : Number(hours || '12') * HOUR_MS
    const end = (isOver ? to : Math.floor(to / STEP_MS) * STEP_MS) + by * length
    const past = end < gatewayNow()
    change({
      from: past ? new Date(end - length).toISOString() : undefined,
      to: past ? new Date(end).toISOString() : undefined,
    })
  }

  return (
    <div className={report.page}>
      <div>
        <div className={`${report.bar} no-print`}>
          <ReportPages />
          <SegmentedControl
            aria-label={t('shift.length')}
            value={hours}
            data={LENGTHS.map((one) => ({ value: one, label: format.duration(Number(one) * HOUR_MS) }))}
            onChange={(value) => change({ hours: value, from: undefined, to: undefined })}
          />
          <Button variant="default" onClick={() => move(-1)}>
            {t('shift.before')}
          </Button>
          <Button variant="default" disabled={!isOver} onClick={() => move(1)}>
            {t('shift.after')}
          </Button>
          <Button variant="default" onClick={() => window.print()}>
            {t('shift.print')}
          </Button>
        </div>
      </div>
      <div className={styles.sheet}>
        <header>
          <h2>{t('shift.title', { from: format.dayTime(from), to: format.dayTime(to) })}</h2>
          <p className={report.answer}>
            <strong>{t('load.alarms', { count: raised })}</strong>{' '}
            <span className="quiet">
              {t('shift.answer', { count: deeds.length, kinds: format.count(lines.length) })}
              {data?.cut ? ` ${t('shift.cut', { count: data.items.length })}` : null}
            </span>
          </p>
        </header>
        <Unanswered of={alarms} />
        {isOver ? null : <HandOver />}
        {data ? (
          <div className={styles.columns}>
            <section>
              <h2>{t('shift.came')}</h2>
              {lines.length > 0 ? (
                <LineTable lines={lines} isOver={isOver} days={days} />
              ) : (
                <p className="quiet">{t('shift.cameNothing')}</p>
              )}
            </section>
            <section>
              <h2>{t('shift.done')}</h2>
              {deeds.length > 0 ? (
                <DeedList deeds={deeds} />
              ) : (
                <p className="quiet">{t('shift.doneNothing')}</p>
              )}
            </section>
          </div>
        ) : null}
        <p className={styles.signatures} aria-hidden="true">
          <span>{t('shift.from', { user })}</span>
          <span>{t('shift.to')}</span>
        </p>
      </div>
    </div>
  )
}
